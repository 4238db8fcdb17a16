// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "paging/page_state.h"

#include <algorithm>
#include <limits>

namespace imcc {

namespace {

bool Covers(const PageGap& gap, int64_t step, int64_t steps) {
  return gap.steps.Contains(step) || gap.steps.Contains(step + steps);
}

}  // namespace

PageState::PageState(const PagingProblem& problem)
    : problem_(&problem), held_(static_cast<size_t>(problem.steps)) {
  excess_.assign(static_cast<size_t>(problem.steps), -problem.capacity);
  for (size_t step = 0; step < problem.pinned.size(); ++step) excess_[step] += problem.pinned[step];
  for (size_t t = 0; t < problem.tensors.size(); ++t) {
    absent_.emplace_back(problem.tensors[t].gaps.size());
    Count(t, 1);
  }
}

void PageState::Count(size_t tensor, int64_t sign) {
  const PagedTensor& paged = problem_->tensors[tensor];
  const auto each_step = [&](auto visit) {
    for (size_t g = 0; g < paged.gaps.size(); ++g)
      for (int64_t s = paged.gaps[g].steps.begin; s < paged.gaps[g].steps.end; ++s)
        visit(static_cast<size_t>(s % problem_->steps), paged.pages - absent_[tensor][g]);
  };
  each_step([&](size_t step, int64_t present) { held_[step] = std::max(held_[step], present); });
  each_step([&](size_t step, int64_t) {
    excess_[step] += sign * held_[step];
    held_[step] = 0;
  });
}

int64_t PageState::CostOf(size_t tensor, const std::vector<int64_t>& absent) const {
  const PagedTensor& paged = problem_->tensors[tensor];
  int64_t cost = 0;
  int64_t most = 0;
  for (size_t g = 0; g < absent.size(); ++g) {
    cost += paged.gaps[g].read_cost * absent[g];
    most = std::max(most, absent[g]);
  }
  return cost + paged.write_cost * most;
}

void PageState::SetAbsent(size_t tensor, const std::vector<int64_t>& pages) {
  cost_ -= CostOf(tensor, absent_[tensor]);
  Count(tensor, -1);
  absent_[tensor] = pages;
  Count(tensor, 1);
  cost_ += CostOf(tensor, pages);
}

void PageState::SetAbsent(GapId id, int64_t pages) {
  std::vector<int64_t> changed = absent_[id.tensor];
  changed[id.gap] = pages;
  SetAbsent(id.tensor, changed);
}

std::vector<size_t> PageState::GapsAt(size_t tensor, int64_t step) const {
  std::vector<size_t> gaps;
  const std::vector<PageGap>& all = problem_->tensors[tensor].gaps;
  for (size_t g = 0; g < all.size(); ++g)
    if (Covers(all[g], step, problem_->steps)) gaps.push_back(g);
  return gaps;
}

int64_t PageState::Held(size_t tensor, int64_t step) const {
  int64_t held = 0;
  const std::vector<PageGap>& gaps = problem_->tensors[tensor].gaps;
  for (size_t g = 0; g < gaps.size(); ++g)
    if (Covers(gaps[g], step, problem_->steps)) held = std::max(held, Present({tensor, g}));
  return held;
}

int64_t PageState::FullestStep() const {
  return std::max_element(excess_.begin(), excess_.end()) - excess_.begin();
}

int64_t PageState::Room(GapId id) const {
  int64_t room = problem_->tensors[id.tensor].pages;
  const Interval<int64_t> steps = problem_->tensors[id.tensor].gaps[id.gap].steps;
  for (int64_t s = steps.begin; s < steps.end; ++s) {
    const int64_t step = s % problem_->steps;
    room = std::min(room, Held(id.tensor, step) - Excess(step));
  }
  return std::max(room, int64_t{0});
}

}  // namespace imcc
