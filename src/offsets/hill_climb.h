// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "offsets/offsets.h"
#include "offsets/sections.h"
#include "offsets/step_budget.h"

namespace imcc {

/// The best of several static orders, each buffer at the lowest offset that is free, improved by
/// exchanging in the order a buffer under the peak with one that it collides with, and keeping what
/// is not worse (as in Arm's Vela compiler). Stops at a peak of `goal` or less. Deterministic.
std::vector<Bytes> ClimbHill(const std::vector<Placeable>& buffers, const Sections& sections,
                             const Neighbors& neighbors, Bytes goal, bool climb,
                             StepBudget& budget);

}  // namespace imcc
