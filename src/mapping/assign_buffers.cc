// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/assign_buffers.h"

#include <algorithm>

#include "mapping/find_moves.h"

namespace imcc {

namespace {

/// Which tensors are packed: stored without the padding of their pixels to whole pwords, so that an
/// array convolution can read a kernel row as one run of bytes (subword mode, DESIGN 6), and
/// constants, so that the program does not carry padding.
class PackedTensors {
 public:
  PackedTensors(const QuantizedGraph& graph, const Target& target,
                const CompilationOptions& options)
      : graph_(graph), packed_(graph.tensors.size()) {
    for (size_t i = 0; i < packed_.size(); ++i) packed_[i] = graph.tensors[i].is_constant();
    for (const QNode& node : graph.nodes)
      if (options.enable_swicr && Profits(node, target)) packed_[node.inputs[0].index()] = true;
    for (const QTensorId id : graph.outputs) packed_[id.index()] = false;
    for (const QNode& node : graph.nodes) {
      if (!std::holds_alternative<QReshape>(node.operation)) continue;
      packed_[node.inputs[0].index()] = false;  // Several shapes share the bytes.
      packed_[node.output.index()] = false;
    }
    while (AlignAddends()) {
    }
  }

  bool Has(QTensorId id) const { return packed_[id.index()]; }

 private:
  /// Convolutions that need fewer pwords if the pixels of their input lie side by side.
  bool Profits(const QNode& node, const Target& target) const {
    const QConv* conv = std::get_if<QConv>(&node.operation);
    return conv != nullptr && !FitsDepthwiseUnit(*conv, target) && conv->groups == 1 &&
           conv->window.dilation_w == 1 && conv->in_channels % target.pword != 0;
  }

  /// The vector unit reads both tensors of an addition with one pixel stride. True if that took
  /// the packing off one of them.
  bool AlignAddends() {
    bool changed = false;
    for (const QNode& node : graph_.nodes) {
      if (!std::holds_alternative<QElementwise>(node.operation)) continue;
      const size_t a = node.inputs[0].index();
      const size_t b = node.inputs[1].index();
      if (packed_[a] == packed_[b]) continue;
      packed_[a] = packed_[b] = false;
      changed = true;
    }
    return changed;
  }

  const QuantizedGraph& graph_;
  std::vector<bool> packed_;  // By QTensorId.
};

/// True if a kernel can apply any table to what it writes: drains of the array, and the vector
/// unit.
bool CanApplyTable(const QNode& producer) {
  const QConv* conv = std::get_if<QConv>(&producer.operation);
  return std::holds_alternative<QTable>(producer.operation) ||
         std::holds_alternative<QElementwise>(producer.operation) ||
         std::holds_alternative<QMatMul>(producer.operation) ||
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
  const Shape& whole = graph.tensor(node.output).shape;
  const auto rank = static_cast<int64_t>(whole.rank());
  const bool channels = concat.axis + 1 == rank;
  const bool rows = rank == 4 && concat.axis == 1;  // Of other ranks all is columns (JoinsBoxes).
  std::vector<ConcatPart> parts;
  int64_t position = 0;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const FeatureMap map = AsFeatureMap(graph.tensor(node.inputs[i]).shape);
    ConcatPart part{.whole = node.output};
    (channels ? part.channel0 : rows ? part.y0 : part.x0) = position;
    position += channels ? map.channels : rows ? map.height : map.width;
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
  const PackedTensors packed(graph, target, options);
  const auto create = [&](QTensorId id) {
    const FeatureMap map = AsFeatureMap(graph.tensor(id).shape);
    result.of_tensor[id.index()] = BufferId(result.buffers.size());
    result.buffers.push_back(
        {.name = graph.tensor(id).name,
         .map = map,
         .pixel_stride = packed.Has(id) ? map.channels : RoundUp(map.channels, target.pword),
         .is_constant = graph.tensor(id).is_constant()});
  };
  result.parts = FindParts(graph);
  for (const QTensorId id : graph.inputs) create(id);
  for (size_t i = 0; i < graph.tensors.size(); ++i)
    if (graph.tensors[i].is_constant()) create(QTensorId(i));
  for (const QNode& node : graph.nodes)  // Joined tensors exist before their parts.
    if (std::holds_alternative<QConcat>(node.operation)) create(node.output);
  for (const QNode& node : graph.nodes) {
    if (std::holds_alternative<QConcat>(node.operation)) continue;
    if (const auto& part = result.parts[node.output.index()])
      result.of_tensor[node.output.index()] = result.of_tensor[part->whole.index()];
    else if (KeepsPixels(graph, node))
      result.of_tensor[node.output.index()] = result.of_tensor[node.inputs[0].index()];
    else
      create(node.output);
  }
  MarkEnds(graph.inputs, &Buffer::is_input, result);
  MarkEnds(graph.outputs, &Buffer::is_output, result);
  return result;
}

}  // namespace imcc
