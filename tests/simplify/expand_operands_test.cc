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

/// The constant after the pass, which is operand `index` of a pair with x before and after it.
Tensor ConstantAfter(OpKind kind, Shape x, Shape constant, size_t index) {
  SmallGraph g;
  std::vector<TensorId> inputs = {g.Input("x", std::move(x))};
  inputs.insert(inputs.begin() + static_cast<std::ptrdiff_t>(index),
                g.Constant("k", std::move(constant)));
  g.Output(g.Add("y", kind, inputs));
  const Graph after = Rewritten(g.graph, ExpandOperands);
  return after.tensor(after.nodes.back().inputs[index]);
}

TEST(ExpandOperands, ConstantsTakeTheShapeOfTheResult) {
  const Shape full{1, 2, 3, 4};
  for (const Shape& small :
       {Shape{2, 1, 1}, Shape{1, 3, 1}, Shape{2, 3, 1}, Shape{2, 3, 4}, Shape{1, 2, 1, 4}})
    EXPECT_EQ(ConstantAfter(OpKind::kAdd, full, small, 1).shape, full) << small.ToString();
  EXPECT_EQ(ConstantAfter(OpKind::kSub, full, {2, 1, 1}, 0).shape, full);
  EXPECT_EQ(ConstantAfter(OpKind::kDiv, full, {}, 0).shape, full);
  EXPECT_EQ(ConstantAfter(OpKind::kDiv, full, {4}, 0).shape, full);
  EXPECT_EQ(ConstantAfter(OpKind::kMul, {1, 5, 4}, {5, 1}, 1).shape, (Shape{1, 5, 4}));
  const Tensor rows = ConstantAfter(OpKind::kMul, {1, 2, 1, 2}, {2, 1, 1}, 1);
  EXPECT_THAT(rows.constant, ElementsAre(-0.5F, -0.5F, 1.25F, 1.25F));
}

TEST(ExpandOperands, ConstantsOfOneValueAChannelStaySmall) {
  const Shape full{1, 2, 3, 4};
  EXPECT_EQ(ConstantAfter(OpKind::kAdd, full, {1, 1, 4}, 1).shape, (Shape{1, 1, 4}));
  EXPECT_EQ(ConstantAfter(OpKind::kSub, full, {}, 0).shape, Shape{});
  EXPECT_EQ(ConstantAfter(OpKind::kMax, full, {1, 1, 4}, 1).shape, (Shape{1, 1, 4}));
  EXPECT_EQ(ConstantAfter(OpKind::kMin, full, {}, 1).shape, (Shape{4}));
}

TEST(ExpandOperands, BothSidesSpread) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 1, 3});
  g.Output(g.Add("y", OpKind::kSub, {g.Constant("k", {1, 1, 5, 1}), x}));
  const Graph after = Rewritten(g.graph, ExpandOperands);
  EXPECT_THAT(Kinds(after), ElementsAre(OpKind::kGather, OpKind::kSub));
}

TEST(ExpandOperands, SpreadIntegersStayOnTheirGrid) {
  SmallGraph g;
  const TensorId k = g.Constant("k", {2, 1, 1}, {0.5F, -1.0F});
  g.graph.tensor(k).weight_scales = {0.5F};
  g.Output(g.Add("y", OpKind::kAdd, {g.Input("x", {1, 2, 3, 4}), k}));
  const Graph after = Rewritten(g.graph, ExpandOperands);
  EXPECT_THAT(after.tensor(after.nodes.back().inputs[1]).weight_scales, ElementsAre(0.5F));
}

TEST(ExpandOperands, NotSoMuchThatMemoryRunsOut) {
  SmallGraph g;  // Shapes alone: no tensor of this size is made.
  const TensorId x = g.Input("x", {1, 8192, 8192, 1});
  g.Output(g.Add("y", OpKind::kAdd, {x, g.Constant("k", {8192, 1, 1})}));
  ExpandOperands(g.graph);
  EXPECT_EQ(g.graph.tensor(g.graph.nodes.back().inputs[1]).shape, (Shape{8192, 1, 1}));
}

TEST(ExpandOperands, AnyNumberOfAxes) {
  EXPECT_THAT(After(OpKind::kMul, {2, 4, 5, 3}, {2, 4, 5, 1}),
              ElementsAre(OpKind::kGather, OpKind::kMul));
  EXPECT_THAT(After(OpKind::kAdd, {2, 4, 3}, {4, 1}),
              ElementsAre(OpKind::kReshape, OpKind::kGather, OpKind::kGather, OpKind::kAdd));
}

}  // namespace
}  // namespace imcc
