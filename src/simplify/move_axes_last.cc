// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/move_axes_last.h"

#include "base/units.h"
#include "simplify/graph_editor.h"
#include "simplify/lower_reduce.h"

namespace imcc {
namespace {

using Axes = Interval<int64_t>;

/// Stored axes a node works along; empty for nodes that do not.
Axes AxesOf(const Node& node) {
  if (node.kind == OpKind::kSoftmax) {
    const int64_t axis = node.as<SoftmaxAttributes>().axis;
    return {axis, axis + 1};
  }
  if (node.kind == OpKind::kArgMax) {
    const int64_t axis = node.as<ArgMaxAttributes>().axis;
    return {axis, axis + 1};
  }
  if (node.kind != OpKind::kReduce) return {};
  return {node.as<ReduceAttributes>().begin, node.as<ReduceAttributes>().end};
}

/// The other axes in order, then these.
std::vector<int64_t> ToTheEnd(Axes axes, int64_t rank) {
  std::vector<int64_t> permutation;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (!axes.Contains(axis)) permutation.push_back(axis);
  for (int64_t axis = axes.begin; axis < axes.end; ++axis) permutation.push_back(axis);
  return permutation;
}

std::vector<int64_t> Inverse(const std::vector<int64_t>& permutation) {
  std::vector<int64_t> inverse(permutation.size());
  for (size_t i = 0; i < permutation.size(); ++i)
    inverse[static_cast<size_t>(permutation[i])] = static_cast<int64_t>(i);
  return inverse;
}

class AxisMover {
 public:
  AxisMover(GraphEditor& editor, Node& node) : editor_(editor), node_(node), original_(node) {}

  void Run(Axes axes) {
    const Shape shape = editor_.tensor(original_.inputs[0]).shape;
    const std::vector<int64_t> permutation = ToTheEnd(axes, static_cast<int64_t>(shape.rank()));
    std::vector<int64_t> dims;
    for (const int64_t axis : permutation) dims.push_back(shape[static_cast<size_t>(axis)]);
    TensorId value =
        Step("_last", {.kind = OpKind::kTranspose, .attributes = TransposeAttributes{permutation}},
             original_.inputs[0], Shape(dims));
    // Several axes become one.
    int64_t along = 1;
    for (int64_t i = axes.begin; i < axes.end; ++i, dims.pop_back()) along *= dims.back();
    dims.push_back(along);
    if (axes.end - axes.begin > 1)
      value = Step("_joined", {.kind = OpKind::kReshape}, value, Shape(dims));
    const bool reduces = original_.kind != OpKind::kSoftmax;
    if (reduces) dims.back() = 1;
    value = Step("_along", AlongLast(static_cast<int64_t>(dims.size()) - 1), value, Shape(dims));
    node_.kind = reduces ? OpKind::kReshape : OpKind::kTranspose;
    node_.attributes = std::monostate{};
    if (!reduces) node_.attributes = TransposeAttributes{Inverse(permutation)};
    editor_.SetInputs(node_, {value});
  }

 private:
  /// The node itself, along one axis.
  Node AlongLast(int64_t axis) const {
    Node node{.kind = original_.kind, .attributes = original_.attributes};
    if (node.kind == OpKind::kSoftmax) node.as<SoftmaxAttributes>().axis = axis;
    if (node.kind == OpKind::kArgMax) node.as<ArgMaxAttributes>().axis = axis;
    if (node.kind != OpKind::kReduce) return node;
    node.as<ReduceAttributes>().begin = axis;
    node.as<ReduceAttributes>().end = axis + 1;
    return node;
  }

  TensorId Step(const char* suffix, Node step, TensorId input, Shape shape) {
    step.name = original_.name + suffix;
    step.onnx_op = original_.onnx_op;
    step.inputs = {input};
    step.output = editor_.AddActivation(editor_.tensor(node_.output).name + suffix,
                                        std::move(shape), Layout::kPlain);
    const TensorId output = step.output;
    editor_.InsertBefore(node_, std::move(step));
    return output;
  }

  GraphEditor& editor_;
  Node& node_;
  const Node original_;
};

}  // namespace

void MoveAxesLast(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    const Axes axes = AxesOf(node);
    const Shape& shape = editor.tensor(node.inputs[0]).shape;
    const auto rank = static_cast<int64_t>(shape.rank());
    if (axes.empty() || axes == Axes{rank - 1, rank}) continue;
    if (node.kind == OpKind::kReduce && BecomesPooling(shape, node.as<ReduceAttributes>()))
      continue;
    AxisMover(editor, node).Run(axes);
  }
  editor.Finish();
}

}  // namespace imcc
