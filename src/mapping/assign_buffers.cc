// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/assign_buffers.h"

#include <algorithm>

namespace imcc {

namespace {

/// Inputs with up to this many channels are packed: beyond it a pword holds too few taps to pay.
constexpr int64_t kMaxPackedChannels = 16;

bool OnlyFeedsPackableConvolutions(const QuantizedGraph& graph, QTensorId id,
                                   const Target& target) {
  bool any = false;
  for (const QNode& node : graph.nodes) {
    if (std::find(node.inputs.begin(), node.inputs.end(), id) == node.inputs.end()) continue;
    const QConv* conv = std::get_if<QConv>(&node.operation);
    if (conv == nullptr || FitsDepthwiseUnit(*conv, target) || conv->groups != 1 ||
        conv->window.dilation_w != 1)
      return false;
    any = true;
  }
  return any;
}

int64_t PixelStride(const QuantizedGraph& graph, QTensorId id, const Target& target,
                    const CompilationOptions& options) {
  const int64_t channels = AsFeatureMap(graph.tensor(id).shape).channels;
  const bool is_input =
      std::find(graph.inputs.begin(), graph.inputs.end(), id) != graph.inputs.end();
  const bool is_output =
      std::find(graph.outputs.begin(), graph.outputs.end(), id) != graph.outputs.end();
  if (options.enable_swicr && is_input && !is_output && channels <= kMaxPackedChannels &&
      OnlyFeedsPackableConvolutions(graph, id, target))
    return channels;
  return RoundUp(channels, target.pword);
}

void MarkEnds(const std::vector<QTensorId>& ids, bool Buffer::*mark, BufferAssignment& result) {
  for (const QTensorId id : ids) result.buffers[result.of_tensor[id.index()].index()].*mark = true;
}

}  // namespace

bool FitsDepthwiseUnit(const QConv& conv, const Target& target) {
  return conv.is_depthwise() && conv.window.taps() <= target.depthwise_max_taps;
}

BufferAssignment AssignBuffers(const QuantizedGraph& graph, const Target& target,
                               const CompilationOptions& options) {
  BufferAssignment result;
  result.of_tensor.resize(graph.tensors.size());
  const auto create = [&](QTensorId id) {
    result.of_tensor[id.index()] = BufferId(result.buffers.size());
    result.buffers.push_back({.name = graph.tensor(id).name,
                              .map = AsFeatureMap(graph.tensor(id).shape),
                              .pixel_stride = PixelStride(graph, id, target, options)});
  };
  for (const QTensorId id : graph.inputs) create(id);
  for (const QNode& node : graph.nodes) {
    if (std::holds_alternative<QReshape>(node.operation))
      result.of_tensor[node.output.index()] = result.of_tensor[node.inputs[0].index()];
    else
      create(node.output);
  }
  MarkEnds(graph.inputs, &Buffer::is_input, result);
  MarkEnds(graph.outputs, &Buffer::is_output, result);
  return result;
}

}  // namespace imcc
