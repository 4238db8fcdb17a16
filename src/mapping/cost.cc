// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "mapping/mapping.h"

namespace imcc {

namespace {

KernelCost ImcCost(const Kernel& kernel, const ImcKernel& imc, const Target& target,
                   const CompilationOptions& options) {
  KernelCost cost = CostOfArray(imc, kernel.output.box, target, options);
  int64_t used = 0;
  for (const WeightTile& tile : imc.tiles) used += tile.used_cells;
  const auto cells = static_cast<double>(target.array.set_bytes().count());
  cost.effective_utilisation =
      static_cast<double>(kernel.macs.count()) / (cells * static_cast<double>(cost.mvms.count()));
  cost.occupancy = static_cast<double>(used) / (cells * static_cast<double>(imc.tiles.size()));
  return cost;
}

/// Longest runs that lie in one piece on both sides.
int64_t RunOf(const Kernel& kernel, const ElementView& view) {
  const int64_t channels = std::min(kernel.inputs[0].map.channels, kernel.output.box.channels);
  if (view.digits.empty()) return 1;
  const ViewDigit& inner = view.digits.back();
  return inner.stride == 1 ? std::min(inner.extent, channels) : 1;
}

Cycles MoveCycles(const Kernel& kernel, const MoveKernel& move, const Target& target) {
  const int64_t run = RunOf(kernel, move.view);
  const int64_t bytes = move.view.elements() / run * std::max(run, target.bandwidth.shortest_run);
  return Cycles(
      static_cast<int64_t>(std::ceil(static_cast<double>(bytes) / target.bandwidth.activations)));
}

}  // namespace

double WeightBandwidth(const Target& target, const CompilationOptions& options) {
  return options.dma_dual_channel ? target.bandwidth.weights_dual_channel
                                  : target.bandwidth.weights_single_channel;
}

KernelCost CostOfArray(const ImcKernel& imc, const FeatureMap& output, const Target& target,
                       const CompilationOptions& options) {
  KernelCost cost;
  const int64_t groups = imc.Groups(output.height, output.width);
  // With computed weights each load costs a multiply of the zero point.
  const int64_t extra = imc.has_computed_weights() ? imc.weight_turns() : 0;
  cost.mvms = Mvms((groups + extra) * static_cast<int64_t>(imc.tiles.size()));
  cost.mvm = target.array.mvm_interval * cost.mvms.count();
  Bytes weights;
  for (const WeightTile& tile : imc.tiles) weights += tile.size * imc.weight_turns();
  cost.weight_load = Cycles(static_cast<int64_t>(
      std::ceil(static_cast<double>(weights.count()) / WeightBandwidth(target, options))));
  for (const ColumnTile& column : imc.column_tiles)
    cost.vector += Cycles(groups * CeilDiv(column.columns, target.vector_lanes));
  return cost;
}

KernelCost CostOf(const Kernel& kernel, const Target& target, const CompilationOptions& options) {
  KernelCost cost;
  const FeatureMap& box = kernel.output.box;
  const int64_t vectors = box.pixels() * CeilDiv(box.channels, target.vector_lanes);
  const int64_t unit = box.pixels() * CeilDiv(box.channels, target.depthwise_macs);
  if (const ImcKernel* imc = kernel.imc()) return ImcCost(kernel, *imc, target, options);
  if (const WindowKernel* window = kernel.window()) {
    // A global pool streams every input pixel once; a window reads all its taps per output.
    cost.depthwise = Cycles(window->is_global() ? kernel.inputs[0].map.pixels() *
                                                      CeilDiv(box.channels, target.depthwise_macs)
                                                : unit * window->window.taps());
  } else if (const AcrossKernel* across = kernel.across()) {
    cost.vector = Cycles(box.pixels() * PassesOf(across->kind) *
                         CeilDiv(kernel.inputs[0].map.channels, target.vector_lanes));
  } else if (const MoveKernel* move = kernel.move()) {
    cost.move = MoveCycles(kernel, *move, target);
  } else if (const ResizeKernel* resize = kernel.resize()) {
    cost.depthwise = Cycles(unit * resize->taps);
  } else {
    cost.vector = Cycles(vectors);
  }
  return cost;
}

}  // namespace imcc
