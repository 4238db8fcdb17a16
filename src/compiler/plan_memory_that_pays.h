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

/// Cycles of one frame under a placement: scheduled and simulated.
Result<Cycles> MeasureMemory(const MappedNetwork& network, const TilePlan& tiles,
                             const MemoryPlan& memory, const Target& target,
                             const CompilationOptions& options);

/// In: kernels and tiles. Out: addresses, with as much paging as makes the simulated frame shorter:
/// none, of weights, or of weights and activations. Fewer DDR bytes do not always pay: two memories
/// read side by side are faster than one. Promise: with page_memory no slower than without.
Result<MemoryPlan> PlanMemoryThatPays(const MappedNetwork& network, const TilePlan& tiles,
                                      const Target& target, const CompilationOptions& options);

}  // namespace imcc
