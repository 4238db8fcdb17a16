// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fold_batch_norm.h"

#include <cmath>

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

bool TakesScaleShift(const GraphEditor& editor, const Node& node) {
  if (node.activation.kind != UnaryKind::kIdentity) return false;
  const bool weighted = node.kind == OpKind::kConv || node.kind == OpKind::kConvTranspose ||
                        node.kind == OpKind::kFullyConnected;
  return (weighted && editor.is_constant(node.inputs[1])) || node.kind == OpKind::kBatchNorm;
}

/// Multiplies the weights of output channel m by scale[m]; they are the outermost axis.
std::vector<float> ScaleOutputs(const Tensor& weights, const std::vector<float>& scale) {
  std::vector<float> values = weights.constant;
  const size_t per_output = values.size() / scale.size();
  for (size_t i = 0; i < values.size(); ++i) values[i] *= scale[i / per_output];
  return values;
}

/// Int8 weights of a quantised model keep their integers: what changes is what they stand for.
std::vector<float> ScaleScales(const Tensor& weights, const std::vector<float>& scale) {
  if (weights.weight_scales.empty()) return {};
  std::vector<float> scales;
  for (size_t m = 0; m < scale.size(); ++m)
    scales.push_back(weights.weight_scales[weights.weight_scales.size() == 1 ? 0 : m] *
                     std::abs(scale[m]));
  return scales;
}

void Fold(GraphEditor& editor, Node& producer, Node& norm) {
  const std::vector<float> scale = editor.tensor(norm.inputs[1]).constant;
  std::vector<float> bias = editor.tensor(norm.inputs[2]).constant;
  if (producer.inputs.size() == 3) {
    const std::vector<float>& old = editor.tensor(producer.inputs[2]).constant;
    for (size_t m = 0; m < bias.size(); ++m) bias[m] += old[m] * scale[m];
  }
  const Tensor weights = editor.tensor(producer.inputs[1]);
  const TensorId folded = editor.AddWeights(weights, weights.shape, ScaleOutputs(weights, scale),
                                            ScaleScales(weights, scale));
  const Shape bias_shape{static_cast<int64_t>(bias.size())};
  const TensorId shifted =
      editor.AddConstant(editor.tensor(norm.output).name + "_bias", bias_shape, std::move(bias));
  editor.SetInputs(producer, {producer.inputs[0], folded, shifted});
  producer.activation = norm.activation;
  editor.Absorb(producer, norm);
}

}  // namespace

void FoldBatchNorm(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& norm = editor.node(i);
    if (norm.kind != OpKind::kBatchNorm || editor.is_constant(norm.inputs[0])) continue;
    Node* producer = editor.Producer(norm.inputs[0]);
    if (producer == nullptr || !editor.HasOneUse(norm.inputs[0])) continue;
    const bool has_constant_bias =
        producer->inputs.size() < 3 || editor.is_constant(producer->inputs[2]);
    if (TakesScaleShift(editor, *producer) && has_constant_bias) Fold(editor, *producer, norm);
  }
  editor.Finish();
}

}  // namespace imcc
