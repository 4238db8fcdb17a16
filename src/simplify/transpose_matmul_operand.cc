// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/transpose_matmul_operand.h"

#include <numeric>
#include <utility>

#include "simplify/graph_editor.h"

namespace imcc {

void TransposeMatMulOperand(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    if (node.kind != OpKind::kMatMul || node.as<MatMulAttributes>().transpose_b) continue;
    const TensorId b = node.inputs[1];
    if (editor.is_constant(node.inputs[0]) || editor.is_constant(b)) continue;
    Shape shape = editor.tensor(b).shape;
    const size_t rank = shape.rank();
    std::vector<int64_t> permutation(rank);
    std::iota(permutation.begin(), permutation.end(), int64_t{0});
    std::swap(permutation[rank - 2], permutation[rank - 1]);
    std::swap(shape[rank - 2], shape[rank - 1]);
    const TensorId turned =
        editor.AddActivation(editor.tensor(b).name + "_transposed", shape, Layout::kPlain);
    editor.InsertBefore(node, {.kind = OpKind::kTranspose,
                               .name = node.name + "_b",
                               .onnx_op = "Transpose",
                               .inputs = {b},
                               .output = turned,
                               .attributes = TransposeAttributes{std::move(permutation)}});
    node.as<MatMulAttributes>().transpose_b = true;
    editor.SetInputs(node, {node.inputs[0], turned});
  }
  editor.Finish();
}

}  // namespace imcc
