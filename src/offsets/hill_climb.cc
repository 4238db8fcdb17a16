// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "offsets/hill_climb.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <utility>

#include "offsets/best_fit.h"
#include "offsets/static_orders.h"

namespace imcc {

namespace {

class HillClimber {
 public:
  HillClimber(const std::vector<Placeable>& buffers, const Neighbors& neighbors, StepBudget& budget)
      : buffers_(buffers), neighbors_(neighbors), budget_(budget), position_(buffers.size()) {}

  std::vector<Bytes> Start(std::vector<size_t> order) {
    order_ = std::move(order);
    for (size_t i = 0; i < order_.size(); ++i) position_[order_[i]] = i;
    offsets_.assign(order_.size(), Bytes(0));
    PlaceFrom(0);
    return offsets_;
  }

  /// One exchange; undone if the peak got higher.
  void Step() {
    const Bytes peak = PeakOf(buffers_, offsets_);
    const size_t moved = PickUnderPeak(peak);
    const auto& partners = neighbors_[moved];
    budget_.Spend(buffers_.size());
    if (partners.empty()) return;
    const size_t partner = static_cast<size_t>(partners[random_() % partners.size()]);
    const size_t from = std::min(position_[moved], position_[partner]);
    const std::vector<Bytes> before = offsets_;
    Exchange(moved, partner);
    PlaceFrom(from);
    if (PeakOf(buffers_, offsets_) <= peak) return;
    Exchange(moved, partner);
    offsets_ = before;
  }

  const std::vector<Bytes>& offsets() const { return offsets_; }

 private:
  void Exchange(size_t a, size_t b) {
    std::swap(position_[a], position_[b]);
    order_[position_[a]] = a;
    order_[position_[b]] = b;
  }

  /// A buffer that touches the peak, or one of those that it rests on.
  size_t PickUnderPeak(Bytes peak) {
    size_t picked = 0;
    uint64_t seen = 0;
    for (size_t i = 0; i < buffers_.size(); ++i)
      if (offsets_[i] + buffers_[i].size == peak && random_() % ++seen == 0) picked = i;
    while (random_() % 2 == 0) {
      std::vector<size_t> supports;
      for (const int32_t other : neighbors_[picked])
        if (const auto o = static_cast<size_t>(other); offsets_[o] < offsets_[picked])
          supports.push_back(o);
      if (supports.empty()) break;
      picked = supports[random_() % supports.size()];
    }
    return picked;
  }

  void PlaceFrom(size_t first) {
    for (size_t i = first; i < order_.size(); ++i) offsets_[order_[i]] = LowestFree(order_[i]);
  }

  /// The lowest offset free of all neighbours earlier in the order.
  Bytes LowestFree(size_t index) {
    taken_.clear();
    for (const int32_t other : neighbors_[index])
      if (const auto o = static_cast<size_t>(other); position_[o] < position_[index])
        taken_.emplace_back(offsets_[o].count(), (offsets_[o] + buffers_[o].size).count());
    std::sort(taken_.begin(), taken_.end());
    budget_.Spend(neighbors_[index].size() + 1);
    int64_t offset = 0;
    for (const auto& [begin, end] : taken_) {
      if (offset + buffers_[index].size.count() <= begin) break;
      offset = std::max(offset, RoundUp(end, buffers_[index].alignment.count()));
    }
    return Bytes(offset);
  }

  const std::vector<Placeable>& buffers_;
  const Neighbors& neighbors_;
  StepBudget& budget_;
  std::vector<size_t> order_;
  std::vector<size_t> position_;  // Of each buffer in the order.
  std::vector<Bytes> offsets_;
  std::vector<std::pair<int64_t, int64_t>> taken_;  // Scratch.
  std::mt19937_64 random_{1};                       // Its sequence is part of the C++ standard.
};

}  // namespace

std::vector<Bytes> ClimbHill(const std::vector<Placeable>& buffers, const Sections& sections,
                             const Neighbors& neighbors, Bytes goal, bool climb,
                             StepBudget& budget) {
  HillClimber climber(buffers, neighbors, budget);
  std::vector<Bytes> best;
  std::vector<size_t> best_order;
  for (const std::vector<size_t>& order : StaticOrders(buffers, sections)) {
    const std::vector<Bytes> offsets = climber.Start(order);
    if (!best.empty() && PeakOf(buffers, offsets) >= PeakOf(buffers, best)) continue;
    best = offsets;
    best_order = order;
    if (PeakOf(buffers, best) <= goal) return best;
  }
  if (!climb) return best;
  climber.Start(best_order);
  while (!budget.Exhausted() && PeakOf(buffers, climber.offsets()) > goal) climber.Step();
  return climber.offsets();
}

}  // namespace imcc
