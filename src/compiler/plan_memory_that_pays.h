// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "config/options.h"
#include "mapping/kernel.h"
#include "memory/memory.h"
#include "target/target.h"
#include "tiling/tiling.h"

namespace imcc {

/// What one frame costs under a placement.
struct FrameCost {
  Cycles cycles;  // Simulated.
  Bytes ddr, l2;  // Planned, without the task list.
};
Result<FrameCost> MeasureMemory(const MappedNetwork& network, const TilePlan& tiles,
                                const MemoryPlan& memory, const Target& target,
                                const CompilationOptions& options);

/// In: kernels and tiles. Out: addresses, with as many tensors in L1 and as much paging as makes
/// the simulated frame shorter: none, of weights, or of weights and activations, with more or less
/// of L2 for the latter. Tensors in L1 save traffic, space there lets kernels overlap. Fewest DDR
/// bytes are not always fastest: two memories side by side are faster than one. But more bytes than
/// another plan's have to save at least a hundredth of the frame. Promise: with page_memory no
/// slower than without, for the same kernels.
Result<MemoryPlan> PlanMemoryThatPays(const MappedNetwork& network, const TilePlan& tiles,
                                      const Target& target, const CompilationOptions& options);

}  // namespace imcc
