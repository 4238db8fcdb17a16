// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/expand_operands.h"

#include <algorithm>
#include <optional>

#include "ir/constant_operand.h"
#include "simplify/graph_editor.h"
#include "simplify/spread_constant.h"

namespace imcc {
namespace {

/// Longer axes are beyond the device, and a small model must not make us allocate gigabytes.
constexpr int64_t kLongestAxis = 65535;
/// Of all constants spread here, for the same reason: 256 MiB of floats.
constexpr int64_t kMaxSpreadElements = int64_t{1} << 26;

bool IsOnePixel(const Shape& operand, const Shape& output) {
  return operand.rank() > 0 && operand.elements() == operand.back() &&
         operand.back() == output.back();
}

/// What the device runs as it is: equal shapes, or a second operand of one value a channel.
bool IsFine(const GraphEditor& editor, const Node& node) {
  const Shape& a = editor.tensor(node.inputs[0]).shape;
  const Shape& b = editor.tensor(node.inputs[1]).shape;
  const Shape& y = editor.tensor(node.output).shape;
  if (a == y) return b == y || IsOnePixel(b, y);
  return b == y && IsOnePixel(a, y) && Commutes(node.kind);
}

/// What the device may hold.
bool IsShort(const Shape& shape) {
  return std::all_of(shape.dims().begin(), shape.dims().end(),
                     [](int64_t d) { return d <= kLongestAxis; });
}

/// Constants are what they have to be, or too large for it.
bool CanExpand(const GraphEditor& editor, const Node& node) {
  const Shape& y = editor.tensor(node.output).shape;
  return IsShort(y) && std::all_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) {
           return !editor.is_constant(id) || editor.tensor(id).shape == y;
         });
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

/// The shape in which the device takes a constant: one value a channel where that is all there is,
/// else that of the result.
Shape ShapeForDevice(const GraphEditor& editor, const Node& node, size_t index) {
  const Shape& constant = editor.tensor(node.inputs[index]).shape;
  const Shape& x = editor.tensor(node.inputs[1 - index]).shape;
  const Shape& y = editor.tensor(node.output).shape;
  const bool spreads_last = index == 1 || Commutes(node.kind);
  const bool is_row = constant.elements() == 1 || IsOnePixel(constant, y);
  return spreads_last && x == y && is_row ? Shape{y.back()} : y;
}

/// Spreads constants before anything runs.
class ConstantSpreader {
 public:
  ConstantSpreader(Graph& graph, GraphEditor& editor) : graph_(graph), editor_(editor) {}

  void Run(Node& node) {
    const std::optional<size_t> index = ConstantOperand(graph_, node);
    const Shape& y = editor_.tensor(node.output).shape;
    if (!index || y.rank() == 0 || !IsShort(y) || ScalesOrShiftsChannels(graph_, node)) return;
    const Shape shape = ShapeForDevice(editor_, node, *index);
    const Tensor constant = editor_.tensor(node.inputs[*index]);
    const bool is_there =
        constant.shape == shape || (editor_.tensor(node.inputs[1 - *index]).shape == y &&
                                    AsFeatureMap(constant.shape) == AsFeatureMap(shape));
    if (is_there) return;
    if (shape.elements() > std::min(kMaxFoldedElements, left_)) return;
    left_ -= shape.elements();
    std::vector<TensorId> inputs = node.inputs;
    const Layout layout = shape.rank() == 4 ? editor_.tensor(node.output).layout : Layout::kPlain;
    inputs[*index] = editor_.AddConstant(constant.name, shape, SpreadConstant(constant, shape),
                                         constant.weight_scales);
    graph_.tensor(inputs[*index]).layout = layout;
    editor_.SetInputs(node, std::move(inputs));
  }

 private:
  Graph& graph_;
  GraphEditor& editor_;
  int64_t left_ = kMaxSpreadElements;
};

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
  ConstantSpreader constants(graph, editor);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    if (!IsBinary(node.kind)) continue;
    constants.Run(node);
    if (!CanExpand(editor, node) || IsFine(editor, node)) continue;
    const Shape shape = editor.tensor(node.output).shape;
    const TensorId a = Expand(editor, node, node.inputs[0], shape);
    const TensorId b = Expand(editor, node, node.inputs[1], shape);
    editor.SetInputs(node, {a, b});
  }
  editor.Finish();
}

}  // namespace imcc
