// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fuse_silu.h"

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

/// True if `gate` is sigmoid(x).
bool IsSigmoidOf(GraphEditor& editor, TensorId gate, TensorId x) {
  const Node* node = editor.Producer(gate, OpKind::kUnary);
  return node != nullptr && node->inputs[0] == x &&
         node->as<UnaryAttributes>().function.kind == UnaryKind::kSigmoid &&
         node->activation.kind == UnaryKind::kIdentity;
}

}  // namespace

void FuseSilu(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    if (node.kind != OpKind::kMul) continue;
    const TensorId a = node.inputs[0];
    const TensorId b = node.inputs[1];
    if (!IsSigmoidOf(editor, b, a) && !IsSigmoidOf(editor, a, b)) continue;
    const TensorId x = IsSigmoidOf(editor, b, a) ? a : b;
    node.kind = OpKind::kUnary;
    node.attributes = UnaryAttributes{{UnaryKind::kSilu}};
    editor.SetInputs(node, {x});
  }
  editor.Finish();
}

}  // namespace imcc
