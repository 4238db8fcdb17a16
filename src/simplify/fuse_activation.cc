// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fuse_activation.h"

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

bool TakesActivation(OpKind kind) {
  switch (kind) {
    case OpKind::kConv:
    case OpKind::kConvTranspose:
    case OpKind::kFullyConnected:
    case OpKind::kAdd:
    case OpKind::kSub:
    case OpKind::kMul:
    case OpKind::kMatMul:
    case OpKind::kAveragePool:
      return true;
    default:
      return false;
  }
}

}  // namespace

void FuseActivation(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    if (node.kind != OpKind::kUnary) continue;
    const UnaryFunction function = node.as<UnaryAttributes>().function;
    Node* producer = editor.Producer(node.inputs[0]);
    if (producer == nullptr || !IsClamp(function.kind) || !TakesActivation(producer->kind) ||
        producer->activation.kind != UnaryKind::kIdentity || !editor.HasOneUse(node.inputs[0])) {
      continue;
    }
    producer->activation = function;
    editor.Absorb(*producer, node);
  }
  editor.Finish();
}

}  // namespace imcc
