// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "paging/paging.h"

namespace imcc::testing {

/// What a plan may do with a tensor.
enum class PagingFreedom {
  kPages,           // Any number of pages absent in any gap.
  kWholeGaps,       // All or none of its pages in each gap.
  kWholeLifetimes,  // All or none of them, the same in all gaps: one home for its whole life.
};

/// The oracle: tries every plan, gap by gap, as long as its cost stays below the best one.
int64_t ExactPagingCost(const PagingProblem& problem, PagingFreedom freedom);

}  // namespace imcc::testing
