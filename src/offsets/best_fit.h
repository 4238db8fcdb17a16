// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "offsets/offsets.h"
#include "offsets/step_budget.h"

namespace imcc {

/// Offsets as an allocator would choose them that sees the buffers come and go: each one, when it
/// begins, takes the smallest gap that holds it. O(n log n), so it serves millions of buffers, and
/// those that one of the better methods would never finish.
std::vector<Bytes> PlaceBestFit(const std::vector<Placeable>& buffers, StepBudget& budget);

/// Highest byte used.
Bytes PeakOf(const std::vector<Placeable>& buffers, const std::vector<Bytes>& offsets);

}  // namespace imcc
