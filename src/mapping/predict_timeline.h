// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/units.h"
#include "config/options.h"
#include "isa/task.h"
#include "mapping/kernel.h"
#include "target/target.h"

namespace imcc {

/// Weight tiles of one column tile on the array.
struct ColumnDemand {
  std::vector<double> loads;  // Cycles to load each row tile's weights.
  int64_t columns = 0;        // Of the array.
  int64_t blocks = 1;         // Parts of the pixels that fit the accumulators at once.
};

/// What one kernel asks of each part of the machine, in cycles of that part working alone.
struct KernelDemand {
  std::vector<ColumnDemand> columns;  // Array kernels only.
  double mvm_per_tile = 0;            // Cycles one weight tile is multiplied for.
  double vector = 0;
  double depthwise = 0;
  double move = 0;
  std::vector<Bytes> tile_bytes;  // By weight tile, as ImcKernel::tiles; none of computed weights.
  Bytes weights;
  int64_t weight_turns = 1;   // Times all tiles are loaded anew, each for a share of the pixels.
  double pieces = 1;          // Steps in which the kernel consumes its input and makes its output.
  bool rows_outside = false;  // Row tiles are the outer loop: they are loaded once, drained late.

  double mvm() const;
};

/// Where later stages put the data; mapping guesses it, the report knows it.
struct Placement {
  std::vector<Region> buffers;  // By buffer; only those in L1 need no copies.
  /// By kernel and weight tile: streamed from DDR in every frame. None of computed weights.
  std::vector<std::vector<bool>> streamed;
  bool Streams(size_t kernel, size_t tile) const {
    return tile < streamed[kernel].size() && streamed[kernel][tile];
  }
};

/// When a kernel starts to compute and when its result is complete.
struct KernelSpan {
  double start = 0;
  double end = 0;
};

/// The plane that a kernel works through piece by piece: its output, or the input of a global pool.
FeatureMap TiledPlane(const Kernel& kernel);
/// Pieces that let a kernel overlap its neighbours and its own transfers, each worth its start.
int64_t WantedPieces(const Kernel& kernel, const Target& target);

KernelDemand DemandOf(const Kernel& kernel, const Target& target,
                      const CompilationOptions& options);
/// The same with an array kernel that is only laid out in place of the kernel's own.
KernelDemand ArrayDemandOf(const ImcKernel& imc, const FeatureMap& output, const Target& target,
                           const CompilationOptions& options);

/// The placement the memory planner is likely to find: small tensors in L1, the weights that do not
/// fit L2 in DDR, smallest kernels first.
Placement GuessPlacement(const MappedNetwork& network, const std::vector<KernelDemand>& demands,
                         const Target& target, const CompilationOptions& options);

/// Kernels [first, first + count) computed depth first: tiling/ predicts them as one.
struct PredictedGroup {
  size_t first = 0;
  size_t count = 0;
  double cycles = 0;
};

/// The one cost model (DESIGN 6): kernels in order, each engine and link a queue of its own.
/// Weights load ahead of the kernels as far as the weight sets reach; a kernel starts with the
/// first piece of its inputs and ends after the last. One span per kernel; those of a group (in
/// execution order) are all that of the group.
std::vector<KernelSpan> PredictTimeline(const MappedNetwork& network,
                                        const std::vector<KernelDemand>& demands,
                                        const Placement& placement, const Target& target,
                                        const CompilationOptions& options,
                                        const std::vector<PredictedGroup>& groups = {});

}  // namespace imcc
