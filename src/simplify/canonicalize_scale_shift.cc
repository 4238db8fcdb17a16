// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/canonicalize_scale_shift.h"

#include <optional>

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

// A scalar is spread over the channels; no real layer has more, and a tiny model must not make us
// allocate gigabytes.
constexpr int64_t kMaxChannels = int64_t{1} << 20;

/// True if the last axis of the tensor is its channels: feature maps, rows of features, and what a
/// fully connected layer computes (its bias is often a separate Add).
bool HasChannelsLast(GraphEditor& editor, TensorId id) {
  const Tensor& tensor = editor.tensor(id);
  return tensor.layout == Layout::kChannelsLast || tensor.shape.rank() == 2 ||
         editor.Producer(id, OpKind::kFullyConnected) != nullptr;
}

/// The constant as one value per channel of `x`; nothing if it is not that.
std::optional<std::vector<float>> PerChannel(const Tensor& constant, const Tensor& x) {
  const int64_t channels = x.shape.back();
  if (channels > kMaxChannels || constant.shape.rank() > x.shape.rank()) return std::nullopt;
  const auto values = static_cast<int64_t>(constant.constant.size());
  if (values == 1) {
    return std::vector<float>(static_cast<size_t>(channels), constant.constant[0]);
  }
  if (values != channels || constant.shape.back() != channels) return std::nullopt;
  return constant.constant;
}

struct ScaleShift {
  std::vector<float> scale;
  std::vector<float> shift;
};

ScaleShift Read(OpKind kind, bool constant_first, std::vector<float> values) {
  const std::vector<float> ones(values.size(), 1);
  const std::vector<float> zeros(values.size(), 0);
  if (kind == OpKind::kMul) return {std::move(values), zeros};
  if (kind == OpKind::kAdd) return {ones, std::move(values)};
  if (constant_first) return {std::vector<float>(values.size(), -1), std::move(values)};
  for (float& value : values) value = -value;
  return {ones, std::move(values)};
}

}  // namespace

void CanonicalizeScaleShift(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    if (node.kind != OpKind::kAdd && node.kind != OpKind::kSub && node.kind != OpKind::kMul) {
      continue;
    }
    const bool constant_first = editor.is_constant(node.inputs[0]);
    if (constant_first == editor.is_constant(node.inputs[1])) continue;
    const TensorId x = node.inputs[constant_first ? 1 : 0];
    const Tensor& constant = editor.tensor(node.inputs[constant_first ? 0 : 1]);
    if (editor.tensor(x).shape != editor.tensor(node.output).shape) continue;
    if (!HasChannelsLast(editor, x)) continue;
    auto values = PerChannel(constant, editor.tensor(x));
    if (!values) continue;
    const Shape shape{editor.tensor(x).shape.back()};
    const std::string name = editor.tensor(node.output).name;
    ScaleShift form = Read(node.kind, constant_first, std::move(*values));
    const TensorId scale = editor.AddConstant(name + "_scale", shape, std::move(form.scale));
    const TensorId shift = editor.AddConstant(name + "_shift", shape, std::move(form.shift));
    node.kind = OpKind::kBatchNorm;
    editor.SetInputs(node, {x, scale, shift});
  }
  editor.Finish();
}

}  // namespace imcc
