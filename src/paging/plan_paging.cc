// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "paging/fit_pages.h"
#include "paging/improve_pages.h"
#include "paging/page_state.h"
#include "paging/paging.h"
#include "paging/relaxation.h"

namespace imcc {

namespace {

/// The relaxation's fractions rounded to whole pages, with what does not fit then dropped.
PageState RoundRelaxation(const PagingProblem& problem, const Relaxation& relaxation) {
  PageState state(problem);
  for (size_t t = 0; t < problem.tensors.size(); ++t) {
    std::vector<int64_t> absent;
    for (const double present : relaxation.present[t])
      absent.push_back(problem.tensors[t].pages - std::llround(present));
    state.SetAbsent(t, absent);
  }
  return state;
}

/// A plan that fits, from any that may not.
PageState Settle(PageState state, const PagingTricks& tricks, int64_t lower_bound) {
  const bool fits = DropCheapest(state, tricks);
  IMCC_CHECK(fits, "pinned pages exceed the capacity of a paging problem");
  FillRoom(state);
  if (tricks.local_search) ImprovePages(state, tricks, lower_bound);
  return state;
}

}  // namespace

PagePlan PlanPaging(const PagingProblem& problem, const PagingTricks& tricks) {
  const PageState everything(problem);
  if (problem.tensors.empty() || everything.Excess(everything.FullestStep()) <= 0)
    return {.absent = everything.absent()};
  const Relaxation relaxation = SolveRelaxation(problem);
  const int64_t bound = relaxation.lower_bound;
  PageState best = Settle(everything, tricks, bound);
  if (tricks.round_relaxation && best.cost() > bound) {
    PageState rounded = Settle(RoundRelaxation(problem, relaxation), tricks, bound);
    if (rounded.cost() < best.cost()) best = std::move(rounded);
  }
  return {.absent = best.absent(), .cost = best.cost(), .lower_bound = bound};
}

}  // namespace imcc
