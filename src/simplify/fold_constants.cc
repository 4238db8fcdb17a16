// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fold_constants.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

// Folding must not blow a small model up: 64 MiB of floats per tensor.
constexpr int64_t kMaxElements = int64_t{1} << 24;

/// Element index in a tensor of `shape` of the element at flat position `i` of `out`, to which it
/// broadcasts.
size_t BroadcastIndex(const Shape& shape, const Shape& out, int64_t i) {
  int64_t index = 0;
  int64_t stride = 1;
  for (size_t back = 1; back <= shape.rank(); ++back) {
    const int64_t length = out[out.rank() - back];
    const int64_t own = shape[shape.rank() - back];
    if (own != 1) index += i % length * stride;
    stride *= own;
    i /= length;
  }
  return static_cast<size_t>(index);
}

float Combine(OpKind kind, float a, float b) {
  switch (kind) {
    case OpKind::kAdd:
      return a + b;
    case OpKind::kSub:
      return a - b;
    case OpKind::kMul:
      return a * b;
    default:
      return a / b;
  }
}

std::vector<float> Binary(OpKind kind, const Tensor& a, const Tensor& b, const Shape& shape) {
  std::vector<float> values(static_cast<size_t>(shape.elements()));
  for (size_t i = 0; i < values.size(); ++i) {
    const auto at = static_cast<int64_t>(i);
    values[i] = Combine(kind, a.constant[BroadcastIndex(a.shape, shape, at)],
                        b.constant[BroadcastIndex(b.shape, shape, at)]);
  }
  return values;
}

std::vector<float> Transpose(const Tensor& x, const std::vector<int64_t>& permutation,
                             const Shape& shape) {
  std::vector<int64_t> strides(x.shape.rank(), 1);
  for (size_t i = x.shape.rank(); i-- > 1;) strides[i - 1] = strides[i] * x.shape[i];
  std::vector<float> values(x.constant.size());
  for (size_t i = 0; i < values.size(); ++i) {
    auto rest = static_cast<int64_t>(i);
    int64_t from = 0;
    for (size_t axis = shape.rank(); axis-- > 0;) {
      from += rest % shape[axis] * strides[static_cast<size_t>(permutation[axis])];
      rest /= shape[axis];
    }
    values[i] = x.constant[static_cast<size_t>(from)];
  }
  return values;
}

std::optional<std::vector<float>> Evaluate(const GraphEditor& editor, const Node& node) {
  const Tensor& x = editor.tensor(node.inputs[0]);
  const Shape& shape = editor.tensor(node.output).shape;
  switch (node.kind) {
    case OpKind::kReshape:
      return x.constant;
    case OpKind::kTranspose:
      return Transpose(x, node.as<TransposeAttributes>().permutation, shape);
    case OpKind::kUnary: {
      std::vector<float> values = x.constant;
      for (float& value : values) {
        value = static_cast<float>(Evaluate(node.as<UnaryAttributes>().function, value));
      }
      return values;
    }
    case OpKind::kAdd:
    case OpKind::kSub:
    case OpKind::kMul:
    case OpKind::kDiv:
      return Binary(node.kind, x, editor.tensor(node.inputs[1]), shape);
    default:
      return std::nullopt;
  }
}

}  // namespace

void FoldConstants(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    const bool constant = std::all_of(node.inputs.begin(), node.inputs.end(),
                                      [&](TensorId id) { return editor.is_constant(id); });
    const Tensor& output = editor.tensor(node.output);
    if (!constant || editor.IsOutput(node.output) || output.shape.elements() > kMaxElements) {
      continue;
    }
    std::optional<std::vector<float>> values = Evaluate(editor, node);
    if (!values) continue;
    for (float& value : *values) {
      value = static_cast<float>(Evaluate(node.activation, value));
    }
    const std::string name = output.name;
    const Shape shape = output.shape;
    editor.Bypass(node, editor.AddConstant(name, shape, std::move(*values)));
  }
  editor.Finish();
}

}  // namespace imcc
