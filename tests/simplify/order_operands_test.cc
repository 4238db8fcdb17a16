// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/order_operands.h"

#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

TEST(OrderOperands, TheSmallerOneComesSecond) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 5, 2});
  const TensorId s = g.Input("s", {1, 1, 1, 2});
  g.Output(g.Add("y", OpKind::kMul, {s, x}));
  const Graph after = Rewritten(g.graph, OrderOperands);
  EXPECT_EQ(after.tensor(after.nodes[0].inputs[0]).name, "x");
}

TEST(OrderOperands, ConstantsComeSecondInMaximaToo) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 1, 1, 2});
  g.Output(g.Add("y", OpKind::kMax, {g.Constant("k", {1, 4, 5, 2}), x}));
  const Graph after = Rewritten(g.graph, OrderOperands);
  EXPECT_EQ(after.tensor(after.nodes[0].inputs[0]).name, "x");
}

TEST(OrderOperands, SubtractionDoesNotCommute) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 5, 2});
  const TensorId s = g.Input("s", {1, 1, 1, 2});
  g.Output(g.Add("y", OpKind::kSub, {s, x}));
  const Graph after = Rewritten(g.graph, OrderOperands);
  EXPECT_EQ(after.tensor(after.nodes[0].inputs[0]).name, "s");
}

}  // namespace
}  // namespace imcc
