// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/cancel_transposes.h"

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

using Permutation = std::vector<int64_t>;

/// outer(inner(x)): output axis i is axis outer[i] of the inner result.
Permutation Compose(const Permutation& inner, const Permutation& outer) {
  Permutation result;
  for (const int64_t axis : outer) result.push_back(inner[static_cast<size_t>(axis)]);
  return result;
}

}  // namespace

void CancelTransposes(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    if (node.kind != OpKind::kTranspose) continue;
    auto& permutation = node.as<TransposeAttributes>().permutation;
    if (Node* before = editor.Producer(node.inputs[0], OpKind::kTranspose)) {
      permutation = Compose(before->as<TransposeAttributes>().permutation, permutation);
      editor.SetInputs(node, {before->inputs[0]});
    }
    if (!KeepsOrder(editor.tensor(node.inputs[0]).shape, permutation)) continue;
    node.kind = OpKind::kReshape;
    node.attributes = std::monostate{};
  }
  editor.Finish();
}

}  // namespace imcc
