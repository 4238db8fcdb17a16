// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/flatten_concats.h"

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

int64_t Product(const Shape& shape, size_t begin, size_t end) {
  int64_t product = 1;
  for (size_t i = begin; i < end; ++i) product *= shape[i];
  return product;
}

/// The feature map in which positions along `axis` are columns.
Shape AsColumns(const Shape& shape, size_t axis) {
  return {1, Product(shape, 0, axis), Product(shape, axis, shape.rank() - 1), shape.back()};
}

TensorId Reshaped(GraphEditor& editor, const Node& concat, TensorId id, size_t axis) {
  const Tensor x = editor.tensor(id);
  if (x.is_constant())
    return editor.AddConstant(x.name, AsColumns(x.shape, axis), x.constant, x.weight_scales);
  const TensorId columns =
      editor.AddActivation(x.name + "_columns", AsColumns(x.shape, axis), Layout::kChannelsLast);
  editor.InsertBefore(concat, {.kind = OpKind::kReshape,
                               .name = concat.name + "_columns",
                               .onnx_op = concat.onnx_op,
                               .inputs = {id},
                               .output = columns});
  return columns;
}

void Flatten(GraphEditor& editor, Node& node, size_t axis) {
  std::vector<TensorId> parts;
  for (const TensorId id : node.inputs) parts.push_back(Reshaped(editor, node, id, axis));
  const Tensor output = editor.tensor(node.output);
  const TensorId joined = editor.AddActivation(
      output.name + "_joined", AsColumns(output.shape, axis), Layout::kChannelsLast);
  Node concat = node;
  concat.name = node.name + "_joined";
  concat.inputs = std::move(parts);
  concat.output = joined;
  concat.as<ConcatAttributes>().axis = 2;
  editor.InsertBefore(node, std::move(concat));
  node.kind = OpKind::kReshape;
  node.attributes = std::monostate{};
  editor.SetInputs(node, {joined});
}

}  // namespace

void FlattenConcats(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    if (node.kind != OpKind::kConcat) continue;
    const auto axis = static_cast<size_t>(node.as<ConcatAttributes>().axis);
    if (JoinsBoxes(editor.tensor(node.output).shape, axis)) continue;
    Flatten(editor, node, axis);
  }
  editor.Finish();
}

}  // namespace imcc
