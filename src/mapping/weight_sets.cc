// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/weight_sets.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

namespace imcc {

void WeightSets::Expect(const std::vector<int64_t>& turns) {
  turns_.clear();
  turn_ = -1;
  for (size_t turn = 0; turn < turns.size(); ++turn)
    turns_[turns[turn]].push_back(static_cast<int64_t>(turn));
}

int64_t WeightSets::NextTurnOf(int64_t kernel) const {
  constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
  const auto of_kernel = turns_.find(kernel);
  if (of_kernel == turns_.end()) return kNever;
  const std::vector<int64_t>& turns = of_kernel->second;
  const auto next = std::lower_bound(turns.begin(), turns.end(), turn_);
  return next == turns.end() ? kNever : *next;
}

WeightSets::Set& WeightSets::SetWithRoom(int64_t kernel, int64_t columns) {
  for (Set& set : sets_)
    if (set.kernel == kernel && set.used_columns + columns <= columns_) return set;
  // The set in use last comes behind all others, whatever its next turn.
  const auto rank = [&](const Set& set) {
    const bool in_use = set.last_use >= 0 && set.last_use == uses_ - 1;
    return std::tuple(in_use, -NextTurnOf(set.kernel), set.last_use);
  };
  Set& victim = *std::min_element(sets_.begin(), sets_.end(),
                                  [&](const Set& a, const Set& b) { return rank(a) < rank(b); });
  victim = {.kernel = kernel, .tiles = {}, .used_columns = 0, .last_use = -1};
  return victim;
}

WeightSets::Choice WeightSets::Use(int64_t kernel, int64_t tile, int64_t columns) {
  for (Set& set : sets_) {
    if (set.kernel != kernel) continue;
    for (const Resident& resident : set.tiles) {
      if (resident.tile != tile) continue;
      set.last_use = uses_++;
      return {static_cast<uint8_t>(&set - sets_.data()), resident.column0, false};
    }
  }
  Set& set = SetWithRoom(kernel, columns);
  const int64_t column0 = set.used_columns;
  set.tiles.push_back({tile, column0});
  set.used_columns += columns;
  set.last_use = uses_++;
  return {static_cast<uint8_t>(&set - sets_.data()), column0, true};
}

std::vector<size_t> WeightSets::ByLastUse() const {
  std::vector<size_t> order(sets_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return sets_[a].last_use < sets_[b].last_use; });
  return order;
}

bool WeightSets::HoldsSame(size_t set, const WeightSets& other, size_t other_set) const {
  const Set& a = sets_[set];
  const Set& b = other.sets_[other_set];
  return a.kernel == b.kernel && a.used_columns == b.used_columns && a.tiles == b.tiles;
}

}  // namespace imcc
