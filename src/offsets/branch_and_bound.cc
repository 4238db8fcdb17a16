// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "offsets/branch_and_bound.h"

#include <algorithm>
#include <memory>

#include "offsets/offset_search.h"
#include "offsets/static_orders.h"
#include "offsets/tightest_first.h"

namespace imcc {

namespace {

/// Steps of the first round: enough to get down to a leaf once if all goes well. Each of the
/// buffers on the way costs a look at all others, several times over, and some more.
int64_t FirstRound(size_t buffers) {
  const auto count = static_cast<int64_t>(buffers);
  return count * std::max<int64_t>(1000, 2 * count);
}

/// Of tight problems the search that starts where it is tightest solves most. The searches in
/// canonical order are faster where many buffers are live at once and space is loose.
constexpr int64_t kTightestShare = 3;

/// The searches that take turns, made when they are first needed: their memory grows with the
/// square of the buffers.
class Searches {
 public:
  Searches(const std::vector<Placeable>& buffers, const Sections& sections,
           const Neighbors& neighbors, Bytes capacity, const SearchTricks& tricks)
      : buffers_(buffers),
        sections_(sections),
        neighbors_(neighbors),
        capacity_(capacity),
        tricks_(tricks),
        orders_(StaticOrders(buffers, sections)) {
    if (!tricks.several_orders) orders_.resize(1);
    if (tricks.bottom_up || !tricks.tightest_first) in_order_.resize(orders_.size());
  }

  /// One turn each: `steps` for every order, and kTightestShare times as much as for all of them
  /// for the other search.
  SearchResult Round(int64_t steps, StepBudget& budget) {
    for (size_t i = 0; i < in_order_.size(); ++i) {
      if (budget.Exhausted()) return {};
      if (!in_order_[i])
        in_order_[i] = std::make_unique<OffsetSearch>(buffers_, sections_, neighbors_, orders_[i],
                                                      capacity_, tricks_);
      SearchResult result = Turn(*in_order_[i], steps, budget);
      if (result.outcome != SearchResult::Outcome::kOutOfSteps) return result;
    }
    if (!tricks_.tightest_first || budget.Exhausted()) return {};
    if (!tightest_first_)
      tightest_first_ = std::make_unique<TightestFirst>(buffers_, sections_, neighbors_, orders_,
                                                        capacity_, tricks_);
    return Turn(*tightest_first_, kTightestShare * steps * static_cast<int64_t>(orders_.size()),
                budget);
  }

 private:
  static SearchResult Turn(auto& search, int64_t steps, StepBudget& budget) {
    const int64_t before = search.steps();
    const SearchResult::Outcome outcome = search.Run(std::min(steps, budget.left()));
    budget.Spend(static_cast<size_t>(search.steps() - before));
    if (outcome == SearchResult::Outcome::kFound) return {outcome, search.Offsets()};
    return {outcome, {}};
  }

  const std::vector<Placeable>& buffers_;
  const Sections& sections_;
  const Neighbors& neighbors_;
  const Bytes capacity_;
  const SearchTricks& tricks_;
  std::vector<std::vector<size_t>> orders_;
  std::vector<std::unique_ptr<OffsetSearch>> in_order_;  // By order.
  std::unique_ptr<TightestFirst> tightest_first_;
};

}  // namespace

SearchResult SearchOffsets(const std::vector<Placeable>& buffers, const Sections& sections,
                           const Neighbors& neighbors, Bytes capacity, const SearchTricks& tricks,
                           StepBudget& budget) {
  if (buffers.size() > kMaxSearchedBuffers) return {};
  if (std::any_of(sections.live.begin(), sections.live.end(),
                  [&](Bytes live) { return live > capacity; }))
    return {.outcome = SearchResult::Outcome::kProvedImpossible};
  Searches searches(buffers, sections, neighbors, capacity, tricks);
  int64_t round = FirstRound(buffers.size());
  for (; !budget.Exhausted(); round *= 2) {
    SearchResult result = searches.Round(round, budget);
    if (result.outcome != SearchResult::Outcome::kOutOfSteps) return result;
  }
  return {};
}

}  // namespace imcc
