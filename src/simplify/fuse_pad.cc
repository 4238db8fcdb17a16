// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fuse_pad.h"

#include <algorithm>
#include <limits>

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

Padding Plus(const Padding& a, const Padding& b) {
  return {a.top + b.top, a.left + b.left, a.bottom + b.bottom, a.right + b.right};
}

/// A pooling window must reach real elements everywhere.
bool FitsWindow(const Window& window, const Padding& p) {
  return std::max(p.top, p.bottom) < window.extent_h() &&
         std::max(p.left, p.right) < window.extent_w();
}

bool IsNonNegative(const UnaryFunction& f) {
  return f.kind == UnaryKind::kRelu || (f.kind == UnaryKind::kClip && f.alpha >= 0);
}

/// True if every value of the tensor is at least 0.
bool IsNonNegative(GraphEditor& editor, TensorId id) {
  const Node* producer = editor.Producer(id);
  if (producer == nullptr) return false;
  if (producer->kind == OpKind::kUnary && IsNonNegative(producer->as<UnaryAttributes>().function)) {
    return true;
  }
  return IsNonNegative(producer->activation);
}

bool FuseIntoConv(Node& conv, const PadAttributes& pad) {
  if (pad.value != 0) return false;
  Padding& padding = conv.as<ConvAttributes>().window.padding;
  padding = Plus(padding, pad.padding);
  return true;
}

bool FuseIntoAveragePool(Node& pool, const PadAttributes& pad) {
  auto& attributes = pool.as<PoolAttributes>();
  const Padding joined = Plus(attributes.window.padding, pad.padding);
  const bool counts = attributes.count_include_pad || !attributes.window.padding.any();
  if (pad.value != 0 || !counts || !FitsWindow(attributes.window, joined)) return false;
  attributes.window.padding = joined;
  attributes.count_include_pad = true;
  return true;
}

/// Max pooling pads with minus infinity itself. A 0 cannot win either where nothing is negative.
bool FuseIntoMaxPool(GraphEditor& editor, Node& pool, const Node& pad_node) {
  const auto& pad = pad_node.as<PadAttributes>();
  Window& window = pool.as<PoolAttributes>().window;
  const Padding joined = Plus(window.padding, pad.padding);
  const bool never_wins = pad.value <= std::numeric_limits<float>::lowest() ||
                          (pad.value == 0 && IsNonNegative(editor, pad_node.inputs[0]));
  if (!never_wins || !FitsWindow(window, joined)) return false;
  window.padding = joined;
  return true;
}

bool Fuse(GraphEditor& editor, Node& node, const Node& pad) {
  switch (node.kind) {
    case OpKind::kConv:
      return FuseIntoConv(node, pad.as<PadAttributes>());
    case OpKind::kAveragePool:
      return FuseIntoAveragePool(node, pad.as<PadAttributes>());
    case OpKind::kMaxPool:
      return FuseIntoMaxPool(editor, node, pad);
    default:
      return false;
  }
}

}  // namespace

void FusePad(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    if (node.inputs.empty()) continue;
    const Node* pad = editor.Producer(node.inputs[0], OpKind::kPad);
    if (pad == nullptr || pad->activation.kind != UnaryKind::kIdentity) continue;
    if (!Fuse(editor, node, *pad)) continue;
    std::vector<TensorId> inputs = node.inputs;
    inputs[0] = pad->inputs[0];
    editor.SetInputs(node, std::move(inputs));
  }
  editor.Finish();
}

}  // namespace imcc
