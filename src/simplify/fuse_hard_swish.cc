// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fuse_hard_swish.h"

#include <cmath>
#include <optional>

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

constexpr double kSixth = 1.0 / 6;

bool IsSame(double a, double b) { return std::abs(a - b) < 1e-5; }

/// The other operand of `node` if one operand is the scalar constant `value`.
std::optional<TensorId> OtherThanScalar(const GraphEditor& editor, const Node& node, double value) {
  for (size_t i = 0; i < 2; ++i) {
    const Tensor& tensor = editor.tensor(node.inputs[i]);
    if (tensor.constant.size() == 1 && IsSame(tensor.constant[0], value)) return node.inputs[1 - i];
  }
  return std::nullopt;
}

/// x if `id` is clip(x + 3, 0, 6).
std::optional<TensorId> MatchShiftedClip(GraphEditor& editor, TensorId id) {
  const Node* clip = editor.Producer(id, OpKind::kUnary);
  if (clip == nullptr) return std::nullopt;
  const UnaryFunction& function = clip->as<UnaryAttributes>().function;
  if (function.kind != UnaryKind::kClip || function.alpha != 0 || !IsSame(function.beta, 6)) {
    return std::nullopt;
  }
  const Node* add = editor.Producer(clip->inputs[0], OpKind::kAdd);
  return add == nullptr ? std::nullopt : OtherThanScalar(editor, *add, 3);
}

/// x if `id` is hardsigmoid(x) with the slope of hard-swish.
std::optional<TensorId> MatchHardSigmoid(GraphEditor& editor, TensorId id) {
  const Node* node = editor.Producer(id, OpKind::kUnary);
  if (node == nullptr) return std::nullopt;
  const UnaryFunction& function = node->as<UnaryAttributes>().function;
  const bool matches = function.kind == UnaryKind::kHardSigmoid && IsSame(function.alpha, kSixth) &&
                       IsSame(function.beta, 0.5);
  return matches ? std::optional(node->inputs[0]) : std::nullopt;
}

/// x if `id` is x * clip(x + 3, 0, 6).
std::optional<TensorId> MatchSixfoldHardSwish(GraphEditor& editor, TensorId id) {
  const Node* product = editor.Producer(id, OpKind::kMul);
  if (product == nullptr) return std::nullopt;
  for (size_t i = 0; i < 2; ++i) {
    if (MatchShiftedClip(editor, product->inputs[i]) == product->inputs[1 - i]) {
      return product->inputs[1 - i];
    }
  }
  return std::nullopt;
}

void Replace(GraphEditor& editor, Node& node, TensorId x, UnaryFunction function) {
  node.kind = OpKind::kUnary;
  node.attributes = UnaryAttributes{function};
  editor.SetInputs(node, {x});
}

void RewriteProduct(GraphEditor& editor, Node& node) {
  if (const auto divided = OtherThanScalar(editor, node, kSixth)) {
    if (const auto x = MatchShiftedClip(editor, *divided)) {
      return Replace(editor, node, *x, {UnaryKind::kHardSigmoid, kSixth, 0.5});
    }
    if (const auto x = MatchSixfoldHardSwish(editor, *divided)) {
      return Replace(editor, node, *x, {UnaryKind::kHardSwish});
    }
  }
  for (size_t i = 0; i < 2; ++i) {
    if (MatchHardSigmoid(editor, node.inputs[i]) == node.inputs[1 - i]) {
      return Replace(editor, node, node.inputs[1 - i], {UnaryKind::kHardSwish});
    }
  }
}

}  // namespace

void FuseHardSwish(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    if (editor.node(i).kind == OpKind::kMul) RewriteProduct(editor, editor.node(i));
  }
  editor.Finish();
}

}  // namespace imcc
