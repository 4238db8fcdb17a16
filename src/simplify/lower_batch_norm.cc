// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/lower_batch_norm.h"

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

TensorId Reshaped(GraphEditor& editor, const Node& position, TensorId x, const Shape& shape) {
  const std::string name = editor.tensor(x).name + "_map";
  const TensorId y = editor.AddActivation(name, shape, Layout::kChannelsLast);
  editor.InsertBefore(position, {.kind = OpKind::kReshape,
                                 .name = editor.tensor(y).name,
                                 .onnx_op = "Reshape",
                                 .inputs = {x},
                                 .output = y});
  return y;
}

void LowerNode(GraphEditor& editor, Node& node) {
  const Shape shape = editor.tensor(node.output).shape;
  const int64_t channels = shape.back();
  const Tensor scale = editor.tensor(node.inputs[1]);
  const TensorId weights = editor.AddConstant(scale.name, Shape{channels, 1, 1, 1}, scale.constant);
  TensorId x = node.inputs[0];
  const TensorId shift = node.inputs[2];
  const bool feature_map = shape.rank() == 4;
  if (!feature_map) {
    x = Reshaped(editor, node, x, Shape{1, 1, shape.elements() / channels, channels});
    // The convolution writes a feature map; a reshape gives the old output back its shape.
    const std::string name = editor.tensor(node.output).name + "_map";
    const TensorId map = editor.AddActivation(name, editor.tensor(x).shape, Layout::kChannelsLast);
    editor.InsertAfter(node, {.kind = OpKind::kReshape,
                              .name = editor.tensor(map).name,
                              .onnx_op = "Reshape",
                              .inputs = {map},
                              .output = node.output});
    node.output = map;
  }
  node.kind = OpKind::kConv;
  node.attributes = ConvAttributes{.window = {}, .groups = channels};
  editor.SetInputs(node, {x, weights, shift});
}

}  // namespace

void LowerBatchNorm(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    if (node.kind == OpKind::kBatchNorm) LowerNode(editor, node);
  }
  editor.Finish();
}

}  // namespace imcc
