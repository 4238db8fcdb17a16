// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "offsets/offsets.h"
#include "offsets/sections.h"
#include "offsets/step_budget.h"

namespace imcc {

/// More buffers than this in one search are left to the heuristics: memory grows with the square.
inline constexpr size_t kMaxSearchedBuffers = 4096;

struct SearchResult {
  enum class Outcome { kFound, kProvedImpossible, kOutOfSteps };
  Outcome outcome = Outcome::kOutOfSteps;
  std::vector<Bytes> offsets;  // If found.
};

/// Offsets with a peak within `capacity`, or the proof that there are none, by depth-first search
/// over canonical plans after Moffitt, "MiniMalloc: A Lightweight Memory Allocator for
/// Hardware-Accelerated Machine Learning", ASPLOS 2023. All sizes must be positive. The orders are
/// searched in turn, each going on where it stopped, with budgets that double.
SearchResult SearchOffsets(const std::vector<Placeable>& buffers, const Sections& sections,
                           const Neighbors& neighbors, Bytes capacity, const SearchTricks& tricks,
                           StepBudget& budget);

}  // namespace imcc
