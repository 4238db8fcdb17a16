// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fuse_gelu.h"

#include <cmath>
#include <numbers>
#include <optional>

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

bool NearlyEqual(double a, double b) { return std::abs(a - b) < 1e-4; }

/// The other operand of a node of this kind, if one operand is the scalar constant `value`.
std::optional<TensorId> OtherThanScalar(GraphEditor& editor, TensorId id, OpKind kind,
                                        double value) {
  const Node* node = editor.Producer(id, kind);
  if (node == nullptr || node->activation.kind != UnaryKind::kIdentity) return std::nullopt;
  for (size_t i = 0; i < 2; ++i) {
    const Tensor& tensor = editor.tensor(node->inputs[i]);
    if (kind == OpKind::kDiv && i == 0) continue;  // A constant divided by a tensor.
    if (tensor.constant.size() == 1 && NearlyEqual(static_cast<double>(tensor.constant[0]), value))
      return node->inputs[1 - i];
  }
  return std::nullopt;
}

/// x if `id` is 1 + erf(x / sqrt 2).
std::optional<TensorId> MatchGate(GraphEditor& editor, TensorId id) {
  const auto erf = OtherThanScalar(editor, id, OpKind::kAdd, 1);
  const Node* node = erf ? editor.Producer(*erf, OpKind::kUnary) : nullptr;
  if (node == nullptr || node->as<UnaryAttributes>().function.kind != UnaryKind::kErf)
    return std::nullopt;
  if (const auto x = OtherThanScalar(editor, node->inputs[0], OpKind::kDiv, std::numbers::sqrt2))
    return x;
  return OtherThanScalar(editor, node->inputs[0], OpKind::kMul, 1 / std::numbers::sqrt2);
}

/// x if the two factors are x and 1 + erf(x / sqrt 2).
std::optional<TensorId> MatchPair(GraphEditor& editor, TensorId a, TensorId b) {
  if (MatchGate(editor, b) == a) return a;
  if (MatchGate(editor, a) == b) return b;
  return std::nullopt;
}

/// x if the node is the product of x, 1 + erf(x / sqrt 2) and 1/2.
std::optional<TensorId> MatchGelu(GraphEditor& editor, const Node& node) {
  if (node.kind != OpKind::kMul || node.activation.kind != UnaryKind::kIdentity)
    return std::nullopt;
  if (const auto product = OtherThanScalar(editor, node.output, OpKind::kMul, 0.5)) {
    const Node* pair = editor.Producer(*product, OpKind::kMul);
    if (pair != nullptr && pair->activation.kind == UnaryKind::kIdentity)
      if (const auto x = MatchPair(editor, pair->inputs[0], pair->inputs[1])) return x;
  }
  for (size_t i = 0; i < 2; ++i) {
    const TensorId a = node.inputs[i];
    const TensorId b = node.inputs[1 - i];
    // (x / 2) * gate or x * (gate / 2).
    if (const auto x = OtherThanScalar(editor, a, OpKind::kMul, 0.5))
      if (const auto match = MatchPair(editor, *x, b)) return match;
  }
  return std::nullopt;
}

}  // namespace

void FuseGelu(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    const auto x = MatchGelu(editor, node);
    if (!x) continue;
    node.kind = OpKind::kUnary;
    node.attributes = UnaryAttributes{{UnaryKind::kGelu}};
    editor.SetInputs(node, {*x});
  }
  editor.Finish();
}

}  // namespace imcc
