// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "offsets/static_orders.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace imcc {

namespace {

/// What an order may look at.
struct Traits {
  double width = 0;  // Sections spanned.
  double total = 0;  // Most bytes live in one of them.
  double size = 0;
  double life = 0;
  double area = 0;  // Size times life. A double: the product may exceed 64 bits.
};

Traits TraitsOf(const Placeable& buffer, Interval<int32_t> span, const Sections& sections) {
  const auto begin = sections.live.begin();
  Traits traits;
  traits.width = span.end - span.begin;
  traits.total =
      static_cast<double>(std::max_element(begin + span.begin, begin + span.end)->count());
  traits.size = static_cast<double>(buffer.size.count());
  traits.life = static_cast<double>(buffer.life.end) - static_cast<double>(buffer.life.begin);
  traits.area = traits.size * traits.life;
  return traits;
}

using Key = std::array<double, 3>;

std::vector<size_t> Descending(const std::vector<Traits>& traits, const auto& key) {
  std::vector<size_t> order(traits.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return key(traits[a]) > key(traits[b]); });
  return order;
}

}  // namespace

std::vector<std::vector<size_t>> StaticOrders(const std::vector<Placeable>& buffers,
                                              const Sections& sections) {
  std::vector<Traits> traits;
  for (size_t i = 0; i < buffers.size(); ++i)
    traits.push_back(TraitsOf(buffers[i], sections.span[i], sections));
  return {
      Descending(traits,
                 [](const Traits& t) {
                   return Key{t.total, t.width, t.area};
                 }),
      Descending(traits,
                 [](const Traits& t) {
                   return Key{t.total, t.area, t.width};
                 }),
      Descending(traits,
                 [](const Traits& t) {
                   return Key{t.width, t.area, t.total};
                 }),
      Descending(traits,
                 [](const Traits& t) {
                   return Key{t.area, t.size, t.life};
                 }),
      Descending(traits,
                 [](const Traits& t) {
                   return Key{t.size, t.life, t.total};
                 }),
      Descending(traits,
                 [](const Traits& t) {
                   return Key{t.life, t.size, t.total};
                 }),
  };
}

}  // namespace imcc
