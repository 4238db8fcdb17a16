// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "base/units.h"
#include "isa/task.h"
#include "target/target.h"

namespace imcc {

/// Links of the machine: two shared ones, then two ports per core.
inline constexpr size_t kDdrLink = 0;
inline constexpr size_t kL2Link = 1;
inline size_t WeightsLink(size_t core) { return 2 + 2 * core; }
inline size_t ActivationsLink(size_t core) { return 3 + 2 * core; }

/// What one task occupies besides its engine.
struct TaskCost {
  double compute = 0;  // Cycles of the engine itself.
  double bytes = 0;    // Moved over all of `links` at once.
  double paced = 0;    // Bytes that take as long; more than there are where runs are short.
  std::vector<size_t> links;
  double rate_cap = 0;  // Bytes per cycle of the DMA itself; 0 = only the links limit it.
};

TaskCost CostOf(const Task& task, size_t core, const Target& target, bool dual_channel);

/// Matrix-vector multiplies of a task.
Mvms MvmsOf(const Task& task);

}  // namespace imcc
