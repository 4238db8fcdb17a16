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

/// True if a kernel can apply any table to what it writes: drains of the array, and the vector
/// unit.
bool CanApplyTable(const QNode& producer) {
  const QConv* conv = std::get_if<QConv>(&producer.operation);
  return std::holds_alternative<QTable>(producer.operation) ||
         std::holds_alternative<QElementwise>(producer.operation) ||
         (conv != nullptr && !conv->is_depthwise());
}

void AddParts(const QuantizedGraph& graph, const QNode& node, const QConcat& concat,
              const std::vector<const QNode*>& producers, const std::vector<int>& uses,
              std::vector<std::optional<ConcatPart>>& parts) {
  const std::vector<ConcatPart> all = PartsOf(graph, node, concat);
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const QTensorId id = node.inputs[i];
    const QNode* producer = producers[id.index()];
    if (producer == nullptr || uses[id.index()] != 1 ||
        std::holds_alternative<QReshape>(producer->operation) ||
        std::holds_alternative<QConcat>(producer->operation) ||
        (all[i].table != nullptr && !CanApplyTable(*producer)))
      continue;
    parts[id.index()] = all[i];
  }
}

std::vector<std::optional<ConcatPart>> FindParts(const QuantizedGraph& graph) {
  std::vector<std::optional<ConcatPart>> parts(graph.tensors.size());
  std::vector<const QNode*> producers(graph.tensors.size());
  for (const QNode& node : graph.nodes) producers[node.output.index()] = &node;
  const std::vector<int> uses = CountUses(graph);
  for (const QNode& node : graph.nodes)
    if (const QConcat* concat = std::get_if<QConcat>(&node.operation))
      AddParts(graph, node, *concat, producers, uses, parts);
  return parts;
}

void MarkEnds(const std::vector<QTensorId>& ids, bool Buffer::*mark, BufferAssignment& result) {
  for (const QTensorId id : ids) result.buffers[result.of_tensor[id.index()].index()].*mark = true;
}

}  // namespace

std::vector<int> CountUses(const QuantizedGraph& graph) {
  std::vector<int> uses(graph.tensors.size());
  for (const QNode& node : graph.nodes)
    for (const QTensorId id : node.inputs) ++uses[id.index()];
  for (const QTensorId id : graph.outputs) ++uses[id.index()];
  return uses;
}

std::vector<ConcatPart> PartsOf(const QuantizedGraph& graph, const QNode& node,
                                const QConcat& concat) {
  const auto rank = static_cast<int64_t>(graph.tensor(node.output).shape.rank());
  const int64_t from_last = rank - concat.axis;  // 1 = channels.
  std::vector<ConcatPart> parts;
  int64_t position = 0;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const FeatureMap map = AsFeatureMap(graph.tensor(node.inputs[i]).shape);
    ConcatPart part{.whole = node.output};
    (from_last == 1 ? part.channel0 : from_last == 2 ? part.x0 : part.y0) = position;
    position += from_last == 1 ? map.channels : from_last == 2 ? map.width : map.height;
    if (!IsIdentity(concat.tables[i])) part.table = &concat.tables[i];
    parts.push_back(part);
  }
  return parts;
}

bool IsIdentity(const QTable& table) {
  for (size_t i = 0; i < table.table.size(); ++i)
    if (table.table[i] != static_cast<int>(i) - 128) return false;
  return true;
}

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
  result.parts = FindParts(graph);
  for (const QTensorId id : graph.inputs) create(id);
  for (const QNode& node : graph.nodes)  // Joined tensors exist before their parts.
    if (std::holds_alternative<QConcat>(node.operation)) create(node.output);
  for (const QNode& node : graph.nodes) {
    if (std::holds_alternative<QConcat>(node.operation)) continue;
    if (const auto& part = result.parts[node.output.index()])
      result.of_tensor[node.output.index()] = result.of_tensor[part->whole.index()];
    else if (std::holds_alternative<QReshape>(node.operation))
      result.of_tensor[node.output.index()] = result.of_tensor[node.inputs[0].index()];
    else
      create(node.output);
  }
  MarkEnds(graph.inputs, &Buffer::is_input, result);
  MarkEnds(graph.outputs, &Buffer::is_output, result);
  return result;
}

}  // namespace imcc
