// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/hoist_roundings.h"

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

/// The reshape or transpose that a rounding can pass; null if there is none.
const Node* FindMover(GraphEditor& editor, const Node& rounding) {
  if (rounding.kind != OpKind::kFakeQuantize) return nullptr;
  if (rounding.as<QuantizeAttributes>().scale.size() != 1) return nullptr;
  const Node* mover = editor.Producer(rounding.inputs[0]);
  if (mover == nullptr || !editor.HasOneUse(mover->output)) return nullptr;
  const bool moves = mover->kind == OpKind::kReshape || mover->kind == OpKind::kTranspose;
  return moves && mover->activation.kind == UnaryKind::kIdentity ? mover : nullptr;
}

/// Returns how many roundings passed one node.
int HoistOnce(Graph& graph) {
  GraphEditor editor(graph);
  int hoisted = 0;
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& rounding = editor.node(i);
    const Node* mover = FindMover(editor, rounding);
    if (mover == nullptr) continue;
    const TensorId x = mover->inputs[0];
    const Tensor& from = editor.tensor(x);
    const TensorId rounded = editor.AddActivation(editor.tensor(rounding.output).name + "_rounded",
                                                  from.shape, from.layout);
    editor.InsertBefore(rounding, {.kind = OpKind::kFakeQuantize,
                                   .name = rounding.name,
                                   .onnx_op = rounding.onnx_op,
                                   .inputs = {x},
                                   .output = rounded,
                                   .attributes = rounding.attributes});
    rounding.kind = mover->kind;
    rounding.name = mover->name;
    rounding.onnx_op = mover->onnx_op;
    rounding.attributes = mover->attributes;
    editor.SetInputs(rounding, {rounded});
    ++hoisted;
  }
  editor.Finish();
  return hoisted;
}

}  // namespace

void HoistRoundings(Graph& graph) {
  while (HoistOnce(graph) > 0) {
  }
}

}  // namespace imcc
