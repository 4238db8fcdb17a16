// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fold_constants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

TEST(FoldConstants, ComputesConstantSubgraphs) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 2, 2, 3});
  const TensorId a = g.Constant("a", {3, 1}, {1, 2, 3});
  const TensorId t = g.Add("t", OpKind::kTranspose, {a}, TransposeAttributes{{1, 0}});
  const TensorId s = g.Add("s", OpKind::kMul, {t, g.Constant("two", Shape{}, {2})});
  const TensorId r = g.Unary("r", s, {UnaryKind::kClip, 0, 5});
  g.Output(g.Add("y", OpKind::kAdd, {x, r}));
  const Graph after = Rewritten(g.graph, FoldConstants);
  EXPECT_THAT(Kinds(after), ElementsAre(OpKind::kAdd));
  EXPECT_THAT(after.tensor(after.nodes[0].inputs[1]).constant, ElementsAre(2, 4, 5));
}

}  // namespace
}  // namespace imcc
