// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/join_clamps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

TEST(JoinClamps, ReluThenClipIsOneClip) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 5, 2});
  const TensorId a = g.Unary("a", x, {UnaryKind::kRelu});
  g.Output(g.Unary("y", a, {UnaryKind::kClip, -1, 2}));
  const Graph after = Rewritten(g.graph, JoinClamps);
  ASSERT_THAT(Kinds(after), ElementsAre(OpKind::kUnary));
  EXPECT_EQ(after.nodes[0].as<UnaryAttributes>().function, (UnaryFunction{UnaryKind::kClip, 0, 2}));
}

TEST(JoinClamps, DisjointRangesAreConstant) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 5, 2});
  const TensorId a = g.Unary("a", x, {UnaryKind::kClip, 1, 2});
  g.Output(g.Unary("y", a, {UnaryKind::kClip, -2, -1}));
  EXPECT_THAT(Kinds(Rewritten(g.graph, JoinClamps)), ElementsAre(OpKind::kUnary));
}

}  // namespace
}  // namespace imcc
