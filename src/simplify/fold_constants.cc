// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fold_constants.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "ir/operator_table.h"
#include "simplify/graph_editor.h"
#include "simplify/spread_constant.h"

namespace imcc {
namespace {

float Combine(OpKind kind, float a, float b) {
  switch (kind) {
    case OpKind::kAdd:
      return a + b;
    case OpKind::kSub:
      return a - b;
    case OpKind::kMul:
      return a * b;
    case OpKind::kMin:
      return std::min(a, b);
    case OpKind::kMax:
      return std::max(a, b);
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

/// Elements from `axis` on.
int64_t Inner(const Shape& shape, int64_t axis) {
  int64_t product = 1;
  for (auto i = static_cast<size_t>(axis); i < shape.rank(); ++i) product *= shape[i];
  return product;
}

std::vector<float> Gather(const Tensor& x, const GatherAttributes& gather) {
  const int64_t run = Inner(x.shape, gather.axis + 1);
  const int64_t block = Inner(x.shape, gather.axis);
  std::vector<float> values;
  for (int64_t outer = 0; outer < x.shape.elements(); outer += block)
    for (const int64_t index : gather.indices) {
      const auto first = x.constant.begin() + outer + index * run;
      values.insert(values.end(), first, first + run);
    }
  return values;
}

std::vector<float> Concat(const std::vector<const Tensor*>& parts, int64_t axis) {
  const int64_t count = parts[0]->shape.elements() / Inner(parts[0]->shape, axis);
  std::vector<float> values;
  for (int64_t outer = 0; outer < count; ++outer)
    for (const Tensor* part : parts) {
      const int64_t block = Inner(part->shape, axis);
      const auto first = part->constant.begin() + outer * block;
      values.insert(values.end(), first, first + block);
    }
  return values;
}

/// The grid that all operands of a node that moves values lie on, if they lie on one.
std::vector<float> SharedScale(const GraphEditor& editor, const Node& node) {
  const std::vector<float>& first = editor.tensor(node.inputs[0]).weight_scales;
  const bool shared = Info(node.kind).moves_data_only && first.size() == 1 &&
                      std::all_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) {
                        return editor.tensor(id).weight_scales == first;
                      });
  return shared ? first : std::vector<float>{};
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
    case OpKind::kMin:
    case OpKind::kMax:
      return Binary(node.kind, x, editor.tensor(node.inputs[1]), shape);
    case OpKind::kGather:
      return Gather(x, node.as<GatherAttributes>());
    case OpKind::kConcat: {
      std::vector<const Tensor*> parts;
      for (const TensorId id : node.inputs) parts.push_back(&editor.tensor(id));
      return Concat(parts, node.as<ConcatAttributes>().axis);
    }
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
    if (!constant || editor.IsOutput(node.output) || output.shape.elements() > kMaxFoldedElements) {
      continue;
    }
    std::optional<std::vector<float>> values = Evaluate(editor, node);
    if (!values) continue;
    for (float& value : *values) {
      value = static_cast<float>(Evaluate(node.activation, value));
    }
    const std::string name = output.name;
    const Shape shape = output.shape;
    std::vector<float> scales = SharedScale(editor, node);
    editor.Bypass(node, editor.AddConstant(name, shape, std::move(*values), std::move(scales)));
  }
  editor.Finish();
}

}  // namespace imcc
