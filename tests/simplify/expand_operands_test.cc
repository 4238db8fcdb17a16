// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/expand_operands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

std::vector<OpKind> After(OpKind kind, Shape a, Shape b) {
  SmallGraph g;
  const TensorId x = g.Input("a", std::move(a));
  g.Output(g.Add("y", kind, {x, g.Input("b", std::move(b))}));
  const Graph after = Rewritten(g.graph, ExpandOperands);
  const Node& node = after.nodes.back();
  const Shape& output = after.tensor(node.output).shape;
  for (const TensorId id : node.inputs) {
    const Shape& shape = after.tensor(id).shape;
    EXPECT_TRUE(shape == output || shape.elements() == output.back());
  }
  return Kinds(after);
}

TEST(ExpandOperands, RowsColumnsAndChannels) {
  const Shape full{1, 4, 5, 3};
  EXPECT_THAT(After(OpKind::kMul, full, {1, 4, 5, 1}), ElementsAre(OpKind::kGather, OpKind::kMul));
  EXPECT_THAT(After(OpKind::kSub, {1, 4, 1, 1}, full),
              ElementsAre(OpKind::kGather, OpKind::kGather, OpKind::kSub));
  EXPECT_THAT(After(OpKind::kAdd, {1, 4, 1, 3}, {1, 1, 5, 3}),
              ElementsAre(OpKind::kGather, OpKind::kGather, OpKind::kAdd));
  EXPECT_THAT(After(OpKind::kDiv, {1, 1, 1, 3}, full),
              ElementsAre(OpKind::kGather, OpKind::kGather, OpKind::kDiv));
}

TEST(ExpandOperands, NotWhatTheDeviceSpreads) {
  const Shape full{1, 4, 5, 3};
  EXPECT_THAT(After(OpKind::kSub, full, {1, 1, 1, 3}), ElementsAre(OpKind::kSub));
  EXPECT_THAT(After(OpKind::kMul, {1, 1, 1, 3}, full), ElementsAre(OpKind::kMul));
  EXPECT_THAT(After(OpKind::kMul, full, full), ElementsAre(OpKind::kMul));
}

TEST(ExpandOperands, AnyNumberOfAxes) {
  EXPECT_THAT(After(OpKind::kMul, {2, 4, 5, 3}, {2, 4, 5, 1}),
              ElementsAre(OpKind::kGather, OpKind::kMul));
  EXPECT_THAT(After(OpKind::kAdd, {2, 4, 3}, {4, 1}),
              ElementsAre(OpKind::kReshape, OpKind::kGather, OpKind::kGather, OpKind::kAdd));
}

}  // namespace
}  // namespace imcc
