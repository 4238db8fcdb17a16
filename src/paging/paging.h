// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "base/units.h"

/// Which pages of which tensor a fast memory holds over time, so that the slow memory behind it
/// moves few bytes. A pure algorithm: it knows nothing of networks or machines.
namespace imcc {

/// The time between two uses of a tensor. A page that is present holds its place in every step of
/// the gap, both ends included; gaps that follow each other share a step. In a gap that reaches
/// beyond the last step, time goes on at the first: a weight stays from frame to frame.
struct PageGap {
  Interval<int64_t> steps;
  int64_t read_cost = 1;  // Of each page that is absent: read from behind at the gap's end.
};

struct PagedTensor {
  int64_t pages = 0;
  /// Of each page that is ever absent, once: it is written behind. 0 if it lies there anyway.
  int64_t write_cost = 0;
  std::vector<PageGap> gaps;  // In order of time.
};

struct PagingProblem {
  int64_t steps = 0;
  int64_t capacity = 0;         // Pages.
  std::vector<int64_t> pinned;  // Pages taken at each step by what is not paged; may be empty.
  std::vector<PagedTensor> tensors;
};

/// Pages of each tensor that are absent in each of its gaps. Pages are absent in one order, the
/// same in all gaps: a page is absent whenever one after it is, and written behind at most once.
using AbsentPages = std::vector<std::vector<int64_t>>;

struct PagePlan {
  AbsentPages absent;
  int64_t cost = 0;
  int64_t lower_bound = 0;  // No plan costs less.

  bool is_optimal() const { return cost == lower_bound; }
};

/// What makes a plan good. Each may be off: the plan stays valid, only worse.
struct PagingTricks {
  /// A page that was written behind before costs no second write: drop it rather than a clean one.
  bool dirty_aware = true;
  /// The linear relaxation knows which tensors compete: start from it, rounded down, as well.
  bool round_relaxation = true;
  /// Put one gap or tensor back, let others make room; keep what is cheaper.
  bool local_search = true;
};

/// In: any problem that CheckPaging accepts. Out: a plan within the capacity whose cost is close to
/// the lowest, and how close. Pure and deterministic. Minimal cost is NP-complete as soon as writes
/// cost (Beckmann et al., 2020).
PagePlan PlanPaging(const PagingProblem& problem, const PagingTricks& tricks = {});

/// What is wrong with a problem: empty or unordered gaps, negative numbers, sums that overflow, or
/// pinned pages beyond the capacity.
Status CheckPaging(const PagingProblem& problem);

/// Judge: marks every page in every step, adds up, and compares capacity, cost and bound.
Status Verify(const PagingProblem& problem, const PagePlan& plan);

}  // namespace imcc
