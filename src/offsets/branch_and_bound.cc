// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "offsets/branch_and_bound.h"

#include <algorithm>
#include <memory>

#include "offsets/offset_search.h"
#include "offsets/static_orders.h"

namespace imcc {

namespace {

/// Steps of the first round for each buffer: enough to get down to a leaf once if all goes well.
constexpr int64_t kFirstStepsPerBuffer = 1000;

}  // namespace

SearchResult SearchOffsets(const std::vector<Placeable>& buffers, const Sections& sections,
                           const Neighbors& neighbors, Bytes capacity, const SearchTricks& tricks,
                           StepBudget& budget) {
  if (buffers.size() > kMaxSearchedBuffers) return {};
  if (std::any_of(sections.live.begin(), sections.live.end(),
                  [&](Bytes live) { return live > capacity; }))
    return {.outcome = SearchResult::Outcome::kProvedImpossible};
  std::vector<std::vector<size_t>> orders = StaticOrders(buffers, sections);
  if (!tricks.several_orders) orders.resize(1);
  std::vector<std::unique_ptr<OffsetSearch>> searches(orders.size());
  int64_t round = kFirstStepsPerBuffer * static_cast<int64_t>(buffers.size());
  for (; !budget.Exhausted(); round *= 2) {
    for (size_t i = 0; i < orders.size() && !budget.Exhausted(); ++i) {
      if (!searches[i])
        searches[i] = std::make_unique<OffsetSearch>(buffers, sections, neighbors, orders[i],
                                                     capacity, tricks);
      const int64_t before = searches[i]->steps();
      const auto outcome = searches[i]->Run(std::min(round, budget.left()));
      budget.Spend(static_cast<size_t>(searches[i]->steps() - before));
      if (outcome == SearchResult::Outcome::kFound) return {outcome, searches[i]->Offsets()};
      if (outcome == SearchResult::Outcome::kProvedImpossible) return {outcome, {}};
    }
  }
  return {};
}

}  // namespace imcc
