// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/remove_identities.h"

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

/// Rounded to this grid already, and only moved since.
bool IsRounded(GraphEditor& editor, TensorId tensor, const QuantizeAttributes& grid) {
  for (const Node* node = editor.Producer(tensor); node != nullptr;
       node = editor.Producer(node->inputs[0])) {
    if (node->kind == OpKind::kFakeQuantize) return node->as<QuantizeAttributes>() == grid;
    const bool moves = node->kind == OpKind::kReshape || node->kind == OpKind::kTranspose ||
                       node->kind == OpKind::kMaxPool || node->kind == OpKind::kSlice ||
                       node->kind == OpKind::kGather;
    if (!moves || node->activation.kind != UnaryKind::kIdentity || grid.scale.size() != 1)
      return false;
  }
  return false;
}

bool IsIdentity(GraphEditor& editor, const Node& node) {
  if (node.activation.kind != UnaryKind::kIdentity) return false;
  switch (node.kind) {
    case OpKind::kReshape: {
      const Tensor& x = editor.tensor(node.inputs[0]);
      const Tensor& y = editor.tensor(node.output);
      return x.shape == y.shape && x.layout == y.layout;
    }
    case OpKind::kUnary:
      return node.as<UnaryAttributes>().function.kind == UnaryKind::kIdentity;
    case OpKind::kPad:
      return !node.as<PadAttributes>().padding.any();
    case OpKind::kSlice:
      return editor.tensor(node.inputs[0]).shape == editor.tensor(node.output).shape;
    case OpKind::kConcat:
      return node.inputs.size() == 1;
    case OpKind::kFakeQuantize:
      return IsRounded(editor, node.inputs[0], node.as<QuantizeAttributes>());
    default:
      return false;
  }
}

void JoinReshapes(GraphEditor& editor, Node& node) {
  if (node.kind != OpKind::kReshape) return;
  const Node* before = editor.Producer(node.inputs[0], OpKind::kReshape);
  if (before != nullptr && before->activation.kind == UnaryKind::kIdentity) {
    editor.SetInputs(node, {before->inputs[0]});
  }
}

}  // namespace

void RemoveIdentities(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    JoinReshapes(editor, node);
    if (!IsIdentity(editor, node)) continue;
    const TensorId x = node.inputs[0];
    Node* producer = editor.Producer(x);
    if (!editor.IsOutput(node.output)) {
      editor.Bypass(node, x);
    } else if (producer != nullptr && editor.HasOneUse(x)) {
      editor.Absorb(*producer, node);  // The output keeps its name.
    }
  }
  editor.Finish();
}

}  // namespace imcc
