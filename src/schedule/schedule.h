// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "config/options.h"
#include "isa/task.h"
#include "mapping/kernel.h"
#include "memory/memory.h"
#include "target/target.h"
#include "tiling/tiling.h"

namespace imcc {

/// Bytes the plan moves in one frame, counted from boxes and tiles, not from encoded tasks.
struct PlannedTraffic {
  Bytes l2_activations;  // Over the activation port: tiles, tables.
  Bytes l2_weights;      // Over the weight port, straight into the sets.
  Bytes ddr;
  /// Of the activations in the two above, those that are neither network inputs nor outputs nor
  /// constants.
  Bytes intermediates;
  /// DDR bytes that paging decides on: the above, constants, and weights streamed in every frame.
  Bytes pageable_ddr;
  Bytes l2() const { return l2_activations + l2_weights; }
};

struct Schedule {
  std::vector<Task> tasks;  // One core, in fetch order, waits set.
  PlannedTraffic traffic;   // Without the task list's own fetches.
};

/// In: kernels, tiles and addresses. Out: the tasks of one core. Tasks are ordered only by
/// semaphores: each engine counts its finished tasks, and a task waits for the latest task of every
/// other engine whose memory, weight set or accumulator it touches. Promise: every wait is
/// satisfied by tasks earlier in the list.
Result<Schedule> ScheduleTasks(const MappedNetwork& network, const TilePlan& tiles,
                               const MemoryPlan& memory, const Target& target,
                               const CompilationOptions& options);

}  // namespace imcc
