// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "mapping/budget.h"
#include "mapping/mapping.h"
#include "mapping/predict_timeline.h"
#include "mapping/split_weights.h"

namespace imcc {

namespace {

/// Enough pieces to hide all but an eighth of a kernel behind its neighbours.
constexpr int64_t kPieces = 8;
/// Pieces smaller than this are not worth their descriptors (start-up is some tens of cycles, the
/// slowest engine takes a hundred for so many bytes).
constexpr int64_t kMinPieceBytes = 8 * 1024;
/// MVMs of a task that are worth its start.
constexpr int64_t kMinPieceGroups = 32;

/// Share of L1 that tensors get; the rest holds tiles, constants and weight staging.
constexpr double kResidentShare = 0.6;

}  // namespace

FeatureMap TiledPlane(const Kernel& kernel) {
  return kernel.window() && kernel.window()->is_global() ? kernel.inputs[0].map : kernel.output.box;
}

int64_t WantedPieces(const Kernel& kernel, const Target& target) {
  if (kernel.move()) return 1;  // Most pieces of the output need all of the input.
  const FeatureMap plane = TiledPlane(kernel);
  const int64_t bytes = plane.pixels() * RoundUp(plane.channels, target.pword);
  return std::clamp<int64_t>(bytes / kMinPieceBytes, 1, std::min(kPieces, plane.height));
}

KernelDemand ArrayDemandOf(const ImcKernel& imc, const FeatureMap& output, const Target& target,
                           const CompilationOptions& options) {
  KernelDemand demand;
  const KernelCost cost = CostOfArray(imc, output, target, options);
  const int64_t groups = imc.Groups(output.height, output.width);
  demand.weight_turns = imc.weight_turns();
  demand.mvm_per_tile =
      static_cast<double>(cost.mvm.count()) / static_cast<double>(imc.tiles.size());
  demand.vector = static_cast<double>(cost.vector.count());
  demand.pieces = static_cast<double>(std::clamp<int64_t>(groups / kMinPieceGroups, 1, kPieces));
  const double rate = WeightBandwidth(target, options);
  double longest = 0;
  for (const ColumnTile& column : imc.column_tiles) {
    ColumnDemand loads;
    loads.columns = column.columns;
    const int64_t capacity =
        target.array.accumulator.count() / (static_cast<int64_t>(sizeof(int32_t)) * column.columns);
    loads.blocks = CeilDiv(groups / imc.weight_turns(), std::max<int64_t>(capacity, 1));
    for (const int64_t index : column.tiles) {
      const Bytes size = imc.tiles[static_cast<size_t>(index)].size;
      loads.loads.push_back(static_cast<double>(size.count()) / rate);
      longest = std::max(longest, loads.loads.back());
    }
    demand.columns.push_back(std::move(loads));
  }
  for (const WeightTile& tile : imc.tiles) {
    if (imc.has_computed_weights()) break;  // They have no home.
    demand.tile_bytes.push_back(tile.size);
    demand.weights += tile.size;
  }
  demand.rows_outside = longest * static_cast<double>(demand.weight_turns) > demand.mvm_per_tile;
  return demand;
}

KernelDemand DemandOf(const Kernel& kernel, const Target& target,
                      const CompilationOptions& options) {
  if (const ImcKernel* imc = kernel.imc())
    return ArrayDemandOf(*imc, kernel.output.box, target, options);
  const KernelCost cost = CostOf(kernel, target, options);
  KernelDemand demand;
  demand.vector = static_cast<double>(cost.vector.count());
  demand.depthwise = static_cast<double>(cost.depthwise.count());
  demand.move = static_cast<double>(cost.move.count());
  demand.pieces = static_cast<double>(WantedPieces(kernel, target));
  return demand;
}

Placement GuessPlacement(const MappedNetwork& network, const std::vector<KernelDemand>& demands,
                         const Target& target, const CompilationOptions& options) {
  Placement placement;
  const MemoryBudget budget = BudgetOf(target, options);
  const auto l1 = static_cast<double>(budget.l1.count());
  Bytes activations;
  for (const Buffer& buffer : network.buffers) {
    const bool host = buffer.is_input || buffer.is_output;
    const bool fits = static_cast<double>(buffer.bytes().count()) <= l1 * kResidentShare / 2;
    placement.buffers.push_back(host ? Region::kDdr : fits ? Region::kL1 : Region::kL2);
    if (!host && !buffer.is_constant && !fits)
      activations = std::max(activations, buffer.bytes() * 2);
  }
  const Bytes free = budget.l2 - activations;
  placement.streamed = SplitWeights(demands, free, options.page_memory, target);
  return placement;
}

}  // namespace imcc
