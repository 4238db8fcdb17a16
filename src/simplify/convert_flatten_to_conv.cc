// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/convert_flatten_to_conv.h"

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

/// The feature map [1,H,W,C] whose [1,C,H,W] order a fully connected layer reads as one row.
TensorId FindFlattenedMap(GraphEditor& editor, const Node& layer) {
  const Node* reshape = editor.Producer(layer.inputs[0], OpKind::kReshape);
  if (reshape == nullptr || editor.tensor(reshape->output).shape.rank() != 2 ||
      editor.tensor(reshape->output).shape[0] != 1) {
    return {};
  }
  const Node* transpose = editor.Producer(reshape->inputs[0], OpKind::kTranspose);
  if (transpose == nullptr ||
      transpose->as<TransposeAttributes>().permutation != std::vector<int64_t>{0, 3, 1, 2}) {
    return {};
  }
  const TensorId map = transpose->inputs[0];
  return editor.tensor(map).shape[0] == 1 ? map : TensorId();
}

/// [M][C*H*W] -> [M][H][W][C].
std::vector<float> PermuteWeights(const std::vector<float>& weights, const Shape& map) {
  const auto plane = static_cast<size_t>(map[1] * map[2]);
  const auto channels = static_cast<size_t>(map[3]);
  const size_t row = plane * channels;
  std::vector<float> permuted(weights.size());
  for (size_t i = 0; i < weights.size(); ++i) {
    const size_t in_row = i % row;
    const size_t channel = in_row / plane;
    const size_t pixel = in_row % plane;
    permuted[i - in_row + pixel * channels + channel] = weights[i];
  }
  return permuted;
}

void Convert(GraphEditor& editor, Node& layer, TensorId map) {
  const Shape shape = editor.tensor(map).shape;
  const Tensor weights = editor.tensor(layer.inputs[1]);
  const int64_t outputs = weights.shape[0];
  std::vector<TensorId> inputs = layer.inputs;
  inputs[0] = map;
  inputs[1] = editor.AddWeights(weights, Shape{outputs, shape[1], shape[2], shape[3]},
                                PermuteWeights(weights.constant, shape), weights.weight_scales);
  const std::string name = editor.tensor(layer.output).name + "_map";
  const TensorId y = editor.AddActivation(name, Shape{1, 1, 1, outputs}, Layout::kChannelsLast);
  editor.InsertAfter(layer, {.kind = OpKind::kReshape,
                             .name = editor.tensor(y).name,
                             .onnx_op = "Reshape",
                             .inputs = {y},
                             .output = layer.output});
  layer.kind = OpKind::kConv;
  layer.attributes = ConvAttributes{.window = {.kernel_h = shape[1], .kernel_w = shape[2]}};
  layer.output = y;
  editor.SetInputs(layer, std::move(inputs));
}

}  // namespace

void ConvertFlattenToConv(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& layer = editor.node(i);
    if (layer.kind != OpKind::kFullyConnected || !editor.is_constant(layer.inputs[1])) continue;
    const TensorId map = FindFlattenedMap(editor, layer);
    if (map.valid()) Convert(editor, layer, map);
  }
  editor.Finish();
}

}  // namespace imcc
