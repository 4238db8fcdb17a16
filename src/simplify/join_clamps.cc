// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/join_clamps.h"

#include <algorithm>
#include <limits>

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

constexpr double kUnbounded = std::numeric_limits<float>::max();

double Low(const UnaryFunction& f) { return f.kind == UnaryKind::kRelu ? 0 : f.alpha; }
double High(const UnaryFunction& f) { return f.kind == UnaryKind::kRelu ? kUnbounded : f.beta; }

/// outer(inner(x)) for two clamps.
UnaryFunction Compose(const UnaryFunction& inner, const UnaryFunction& outer) {
  const double lo = std::clamp(Low(inner), Low(outer), High(outer));
  const double hi = std::clamp(High(inner), Low(outer), High(outer));
  if (lo == 0 && hi == kUnbounded) return {UnaryKind::kRelu};
  return {UnaryKind::kClip, lo, hi};
}

}  // namespace

void JoinClamps(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    if (node.kind != OpKind::kUnary) continue;
    UnaryFunction& outer = node.as<UnaryAttributes>().function;
    const Node* before = editor.Producer(node.inputs[0], OpKind::kUnary);
    if (before == nullptr || before->activation.kind != UnaryKind::kIdentity) continue;
    const UnaryFunction inner = before->as<UnaryAttributes>().function;
    if (!IsClamp(outer.kind) || !IsClamp(inner.kind)) continue;
    outer = Compose(inner, outer);
    editor.SetInputs(node, {before->inputs[0]});
  }
  editor.Finish();
}

}  // namespace imcc
