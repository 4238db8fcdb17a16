// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/lower_dilated_pool.h"

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

/// A tiny model must not make us allocate gigabytes of weights.
constexpr int64_t kMostWeights = int64_t{1} << 24;

/// Taps of output line `out` that lie on one of `size` lines.
int64_t TapsInside(int64_t out, int64_t kernel, int64_t stride, int64_t dilation, int64_t pad,
                   int64_t size) {
  int64_t inside = 0;
  for (int64_t k = 0; k < kernel; ++k) {
    const int64_t line = out * stride - pad + k * dilation;
    inside += line >= 0 && line < size ? 1 : 0;
  }
  return inside;
}

/// All taps over those inside the plane, by output row and column; 0 where there are none.
std::vector<float> Corrections(const Window& w, const Shape& in, const Shape& out) {
  std::vector<float> factors;
  for (int64_t y = 0; y < out[1]; ++y) {
    const int64_t rows = TapsInside(y, w.kernel_h, w.stride_h, w.dilation_h, w.padding.top, in[1]);
    for (int64_t x = 0; x < out[2]; ++x) {
      const int64_t taps =
          rows * TapsInside(x, w.kernel_w, w.stride_w, w.dilation_w, w.padding.left, in[2]);
      factors.push_back(taps == 0 ? 0.0F : static_cast<float>(w.taps()) / static_cast<float>(taps));
    }
  }
  return factors;
}

void LowerToDepthwise(GraphEditor& editor, Node& node) {
  const auto pool = node.as<PoolAttributes>();
  const Tensor x = editor.tensor(node.inputs[0]);
  const Tensor y = editor.tensor(node.output);
  const int64_t channels = x.shape.back();
  const Window& window = pool.window;
  if (channels > kMostWeights / window.taps()) return;
  const auto count = static_cast<size_t>(channels * window.taps());
  const TensorId weights =
      editor.AddConstant(y.name + "_shares", {channels, window.kernel_h, window.kernel_w, 1},
                         std::vector<float>(count, 1 / static_cast<float>(window.taps())));
  const ConvAttributes conv{.window = window, .groups = channels};
  const std::vector<TensorId> inputs = {node.inputs[0], weights};
  if (pool.count_include_pad || !window.padding.any()) {
    node.kind = OpKind::kConv;
    node.attributes = conv;
    editor.SetInputs(node, inputs);
    return;
  }
  const TensorId sums = editor.AddActivation(y.name + "_padded", y.shape, y.layout);
  editor.InsertBefore(node, {.kind = OpKind::kConv,
                             .name = node.name + "_padded",
                             .onnx_op = node.onnx_op,
                             .inputs = inputs,
                             .output = sums,
                             .attributes = conv});
  const TensorId factors = editor.AddConstant(y.name + "_factors", {1, y.shape[1], y.shape[2], 1},
                                              Corrections(window, x.shape, y.shape));
  node.kind = OpKind::kMul;
  node.attributes = std::monostate{};
  editor.SetInputs(node, {sums, factors});
}

}  // namespace

void LowerDilatedPool(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    if (node.kind != OpKind::kAveragePool) continue;
    const Window& window = node.as<PoolAttributes>().window;
    if (window.dilation_h != 1 || window.dilation_w != 1) LowerToDepthwise(editor, node);
  }
  editor.Finish();
}

}  // namespace imcc
