// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/constant_operand.h"

namespace imcc {

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

bool Commutes(OpKind kind) {
  return IsBinary(kind) && kind != OpKind::kSub && kind != OpKind::kDiv;
}

std::optional<size_t> ConstantOperand(const Graph& graph, const Node& node) {
  if (!IsBinary(node.kind)) return std::nullopt;
  const bool first = graph.tensor(node.inputs[0]).is_constant();
  if (first == graph.tensor(node.inputs[1]).is_constant()) return std::nullopt;
  return first ? 0 : 1;
}

bool ScalesOrShiftsChannels(const Graph& graph, const Node& node) {
  const std::optional<size_t> index = ConstantOperand(graph, node);
  if (!index || node.kind == OpKind::kMin || node.kind == OpKind::kMax) return false;
  if (node.kind == OpKind::kDiv && *index == 0) return false;
  const Shape& constant = graph.tensor(node.inputs[*index]).shape;
  const Shape& x = graph.tensor(node.inputs[1 - *index]).shape;
  if (x != graph.tensor(node.output).shape || x.rank() == 0) return false;
  const int64_t values = constant.elements();
  return values == 1 || (values == constant.back() && values == x.back());
}

}  // namespace imcc
