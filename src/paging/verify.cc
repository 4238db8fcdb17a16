// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "paging/paging.h"

namespace imcc {

namespace {

/// Largest number of steps, pages and costs: sums of products then stay far below 2^63.
constexpr int64_t kMaxNumber = int64_t{1} << 24;

Error Wrong(std::string subject, std::string message) {
  return Error{
      .code = ErrorCode::kCapacity, .subject = std::move(subject), .message = std::move(message)};
}

bool IsSmall(int64_t number) { return number >= 0 && number <= kMaxNumber; }

Status CheckTensor(const PagedTensor& tensor, int64_t steps, const std::string& name) {
  if (!IsSmall(tensor.pages) || !IsSmall(tensor.write_cost))
    return Wrong(name, "its pages or their write cost are negative or exceed 2^24");
  if (tensor.gaps.empty()) return Wrong(name, "it has no gaps");
  for (size_t g = 0; g < tensor.gaps.size(); ++g) {
    const PageGap& gap = tensor.gaps[g];
    if (gap.steps.empty() || gap.steps.begin < 0 || gap.steps.begin >= steps)
      return Wrong(name, fmt::format("gap {} is empty or begins outside the steps", g));
    if (gap.steps.end - gap.steps.begin > steps)
      return Wrong(name, fmt::format("gap {} is longer than all steps", g));
    if (!IsSmall(gap.read_cost))
      return Wrong(name, fmt::format("the read cost of gap {} is negative or exceeds 2^24", g));
    if (g > 0 && gap.steps.begin != tensor.gaps[g - 1].steps.end - 1)
      return Wrong(name, fmt::format("gap {} does not begin where the one before it ends", g));
  }
  return {};
}

/// Pages present at each step, by marking each of them.
std::vector<int64_t> PresentByStep(const PagingProblem& problem, const AbsentPages& absent) {
  std::vector<int64_t> sum(static_cast<size_t>(problem.steps));
  for (size_t t = 0; t < problem.tensors.size(); ++t) {
    const PagedTensor& tensor = problem.tensors[t];
    for (int64_t page = 0; page < tensor.pages; ++page) {
      std::vector<bool> marks(sum.size());
      for (size_t g = 0; g < tensor.gaps.size(); ++g)
        for (int64_t s = tensor.gaps[g].steps.begin; s < tensor.gaps[g].steps.end; ++s)
          if (page >= absent[t][g]) marks[static_cast<size_t>(s % problem.steps)] = true;
      for (size_t step = 0; step < sum.size(); ++step) sum[step] += marks[step] ? 1 : 0;
    }
  }
  return sum;
}

/// Page by page: reads of every gap in which it is absent, and one write if there is any.
int64_t CostOf(const PagingProblem& problem, const AbsentPages& absent) {
  int64_t cost = 0;
  for (size_t t = 0; t < problem.tensors.size(); ++t) {
    const PagedTensor& tensor = problem.tensors[t];
    for (int64_t page = 0; page < tensor.pages; ++page) {
      bool written = false;
      for (size_t g = 0; g < tensor.gaps.size(); ++g) {
        if (page >= absent[t][g]) continue;
        cost += tensor.gaps[g].read_cost;
        written = true;
      }
      if (written) cost += tensor.write_cost;
    }
  }
  return cost;
}

Status CheckShape(const PagingProblem& problem, const AbsentPages& absent) {
  if (absent.size() != problem.tensors.size()) return Wrong("", "not one plan for each tensor");
  for (size_t t = 0; t < absent.size(); ++t) {
    if (absent[t].size() != problem.tensors[t].gaps.size())
      return Wrong(fmt::format("tensor {}", t), "not one number for each gap");
    for (const int64_t pages : absent[t])
      if (pages < 0 || pages > problem.tensors[t].pages)
        return Wrong(fmt::format("tensor {}", t), "more pages are absent than it has");
  }
  return {};
}

}  // namespace

Status CheckPaging(const PagingProblem& problem) {
  if (!IsSmall(problem.steps) || problem.steps == 0 || problem.capacity < 0 ||
      problem.capacity > kMaxNumber)
    return Wrong("", "steps or capacity are negative, zero or exceed 2^24");
  if (!problem.pinned.empty() && static_cast<int64_t>(problem.pinned.size()) != problem.steps)
    return Wrong("", "not one number of pinned pages for each step");
  for (const int64_t pinned : problem.pinned)
    if (pinned < 0 || pinned > problem.capacity)
      return Wrong(
          "", fmt::format("{} pinned pages, and {} is the capacity", pinned, problem.capacity));
  for (size_t t = 0; t < problem.tensors.size(); ++t)
    IMCC_TRY(CheckTensor(problem.tensors[t], problem.steps, fmt::format("tensor {}", t)));
  return {};
}

Status Verify(const PagingProblem& problem, const PagePlan& plan) {
  IMCC_TRY(CheckShape(problem, plan.absent));
  const std::vector<int64_t> present = PresentByStep(problem, plan.absent);
  for (size_t step = 0; step < present.size(); ++step) {
    const int64_t pinned = problem.pinned.empty() ? 0 : problem.pinned[step];
    if (present[step] + pinned > problem.capacity)
      return Wrong(fmt::format("step {}", step),
                   fmt::format("{} pages are present, and {} is the capacity",
                               present[step] + pinned, problem.capacity));
  }
  if (const int64_t cost = CostOf(problem, plan.absent); cost != plan.cost)
    return Wrong("", fmt::format("costs {}, not {}", cost, plan.cost));
  if (plan.lower_bound > plan.cost) return Wrong("", "costs less than its lower bound");
  return {};
}

}  // namespace imcc
