// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/order_operands.h"

#include <utility>

#include "ir/constant_operand.h"

namespace imcc {

void OrderOperands(Graph& graph) {
  for (Node& node : graph.nodes) {
    if (!Commutes(node.kind)) continue;
    const Tensor& a = graph.tensor(node.inputs[0]);
    const Tensor& b = graph.tensor(node.inputs[1]);
    const bool smaller_first = a.shape.elements() < b.shape.elements();
    const bool constant_first = a.is_constant() && !b.is_constant();
    if (constant_first || (smaller_first && a.is_constant() == b.is_constant())) {
      std::swap(node.inputs[0], node.inputs[1]);
    }
  }
}

}  // namespace imcc
