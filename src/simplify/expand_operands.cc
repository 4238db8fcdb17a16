// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/expand_operands.h"

#include <algorithm>

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

/// Longer axes are beyond the device, and a small model must not make us allocate gigabytes.
constexpr int64_t kLongestAxis = 65535;

bool IsBinary(OpKind kind) {
  switch (kind) {
    case OpKind::kAdd:
    case OpKind::kSub:
    case OpKind::kMul:
    case OpKind::kDiv:
    case OpKind::kMin:
    case OpKind::kMax:
      return true;
    default:
      return false;
  }
}

bool Commutes(OpKind kind) { return kind != OpKind::kSub && kind != OpKind::kDiv; }

bool IsOnePixel(const Shape& operand, const Shape& output) {
  return operand.rank() > 0 && operand.elements() == operand.back() && operand.back() == output.back();
}

/// What the device runs as it is: equal shapes, or a second operand of one value a channel.
bool IsFine(const GraphEditor& editor, const Node& node) {
  const Shape& a = editor.tensor(node.inputs[0]).shape;
  const Shape& b = editor.tensor(node.inputs[1]).shape;
  const Shape& y = editor.tensor(node.output).shape;
  if (a == y) return b == y || IsOnePixel(b, y);
  return b == y && IsOnePixel(a, y) && Commutes(node.kind);
}

bool CanExpand(const GraphEditor& editor, const Node& node) {
  const Shape& y = editor.tensor(node.output).shape;
  if (std::any_of(y.dims().begin(), y.dims().end(), [](int64_t d) { return d > kLongestAxis; }))
    return false;
  return std::none_of(node.inputs.begin(), node.inputs.end(),
                      [&](TensorId id) { return editor.is_constant(id); });
}

/// `id` with axes of length 1 in front, as many as `rank` asks for (numpy's broadcasting).
TensorId WithRank(GraphEditor& editor, const Node& before, TensorId id, size_t rank) {
  const Tensor x = editor.tensor(id);
  if (x.shape.rank() == rank) return id;
  std::vector<int64_t> dims(rank - x.shape.rank(), 1);
  dims.insert(dims.end(), x.shape.dims().begin(), x.shape.dims().end());
  const TensorId aligned =
      editor.AddActivation(x.name + "_aligned", Shape(std::move(dims)), Layout::kPlain);
  editor.InsertBefore(before, {.kind = OpKind::kReshape,
                               .name = before.name + "_aligned",
                               .onnx_op = before.onnx_op,
                               .inputs = {id},
                               .output = aligned});
  return aligned;
}

/// `id` spread to `shape`, channels first: rows and columns of whole pixels are copied faster.
TensorId Expand(GraphEditor& editor, const Node& before, TensorId id, const Shape& shape) {
  id = WithRank(editor, before, id, shape.rank());
  for (size_t i = shape.rank(); i-- > 0;) {
    const Tensor x = editor.tensor(id);
    if (x.shape[i] == shape[i]) continue;
    Shape wider = x.shape;
    wider[i] = shape[i];
    const TensorId spread = editor.AddActivation(x.name + "_spread", wider, x.layout);
    const auto axis = static_cast<int64_t>(i);
    editor.InsertBefore(before,
                        {.kind = OpKind::kGather,
                         .name = before.name + "_spread" + std::to_string(i),
                         .onnx_op = before.onnx_op,
                         .inputs = {id},
                         .output = spread,
                         .attributes = GatherAttributes{
                             axis, std::vector<int64_t>(static_cast<size_t>(shape[i]), 0)}});
    id = spread;
  }
  return id;
}

}  // namespace

void ExpandOperands(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    if (!IsBinary(node.kind) || !CanExpand(editor, node) || IsFine(editor, node)) continue;
    const Shape shape = editor.tensor(node.output).shape;
    const TensorId a = Expand(editor, node, node.inputs[0], shape);
    const TensorId b = Expand(editor, node, node.inputs[1], shape);
    editor.SetInputs(node, {a, b});
  }
  editor.Finish();
}

}  // namespace imcc
