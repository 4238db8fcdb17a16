// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/pick_by_moving.h"

#include "mapping/assign_buffers.h"
#include "mapping/find_moves.h"

namespace imcc {
namespace {

/// The input channel of every output channel.
std::vector<int64_t> PickedChannels(const QConv& conv) {
  std::vector<int64_t> channels;
  for (int64_t out = 0; out < conv.out_channels; ++out)
    for (int64_t in = 0; in < conv.in_channels; ++in)
      if (conv.weights[static_cast<size_t>(out * conv.in_channels + in)] != 0)
        channels.push_back(in);
  return channels;
}

/// Whatever reads it moves elements: a reshape of whole pixels would not.
bool ReadsByMoving(const QuantizedGraph& graph, QTensorId id) {
  for (const QNode& node : graph.nodes)
    for (const QTensorId input : node.inputs)
      if (input == id) return MovesElements(graph, node);
  return false;
}

}  // namespace

QuantizedGraph PickByMoving(QuantizedGraph graph, const Target& target,
                            const CompilationOptions& options) {
  const std::vector<int> uses = CountUses(graph);
  for (QNode& node : graph.nodes) {
    const QConv* conv = std::get_if<QConv>(&node.operation);
    if (conv == nullptr || !conv->moves_data || uses[node.output.index()] != 1) continue;
    const QTensor& from = graph.tensor(node.inputs[0]);
    if (!ReadsByMoving(graph, node.output) ||
        !FitL1(from, graph.tensor(node.output), target, options))
      continue;
    const auto axis = static_cast<int64_t>(from.shape.rank()) - 1;
    node.operation = QGather{.axis = axis, .indices = PickedChannels(*conv)};
  }
  return graph;
}

}  // namespace imcc
