// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/split_slices.h"

#include "ir/axis_pick.h"
#include "simplify/graph_editor.h"

namespace imcc {
namespace {

/// Leaves one axis to the node and puts the others before it, the outermost first: what is left to
/// copy shrinks earliest where the runs of bytes are longest.
void Split(GraphEditor& editor, Node& node, const std::vector<size_t>& axes) {
  const Node original = node;
  const auto all = node.as<SliceAttributes>();
  const Tensor output = editor.tensor(node.output);
  const size_t rank = output.shape.rank();
  TensorId x = node.inputs[0];
  Shape shape = editor.tensor(x).shape;
  for (size_t i = 0; i < axes.size(); ++i) {
    const size_t axis = axes[i];
    SliceAttributes one{std::vector<int64_t>(rank, 0), std::vector<int64_t>(rank, 1)};
    one.starts[axis] = all.starts[axis];
    one.steps[axis] = all.steps[axis];
    if (i + 1 == axes.size()) {
      node.attributes = one;
      editor.SetInputs(node, {x});
      return;
    }
    shape[axis] = output.shape[axis];
    Node step = original;
    step.name = original.name + "_axis" + std::to_string(axis);
    step.attributes = one;
    step.inputs = {x};
    step.output = editor.AddActivation(output.name + "_sliced", shape, output.layout);
    x = step.output;
    editor.InsertBefore(node, std::move(step));
  }
}

}  // namespace

void SplitSlices(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    if (node.kind != OpKind::kSlice) continue;
    const std::vector<size_t> axes = SlicedAxes(graph, node);
    if (axes.size() > 1) Split(editor, node, axes);
  }
  editor.Finish();
}

}  // namespace imcc
