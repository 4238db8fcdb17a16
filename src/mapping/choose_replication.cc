// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "mapping/assign_buffers.h"
#include "mapping/map_convolution.h"
#include "mapping/mapping.h"

namespace imcc {

MappingChoices ChooseReplication(const QuantizedGraph& graph, const Target& target,
                                 const CompilationOptions& options) {
  MappingChoices choices = PlainChoices(graph, target);
  if (!options.enable_icr) return choices;
  const BufferAssignment buffers = AssignBuffers(graph, target, options);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const QNode& node = graph.nodes[i];
    const QConv* conv = std::get_if<QConv>(&node.operation);
    if (conv == nullptr || !choices[i].on_array) continue;
    const BufferId input = buffers.of_tensor[node.inputs[0].index()];
    const FeatureMap out = AsFeatureMap(graph.tensor(node.output).shape);
    double best = 0;
    for (int64_t f = 1; f <= options.icrx_max_factor; ++f) {
      if (f > out.pixels() || f * conv->out_channels > UINT16_MAX) break;
      const ImcKernel imc = LayOutConvolution(
          *conv,
          MappingOf({.replicas = f}, buffers.buffers[input.index()].pixel_stride, target, options),
          target);
      if (imc.column_tiles[0].tiles.size() > static_cast<size_t>(target.array.max_row_tiles)) break;
      const KernelCost cost = CostOfArray(imc, out, target, options);
      const auto cycles =
          static_cast<double>(std::max({cost.mvm, cost.weight_load, cost.vector}).count());
      if (f == 1 || cycles < 0.99 * best) {
        best = cycles;
        choices[i].replicas = f;
      }
    }
  }
  return choices;
}

}  // namespace imcc
