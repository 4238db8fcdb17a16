// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/constant_operand.h"

#include <gtest/gtest.h>

#include "ir/small_graph.h"

namespace imcc {
namespace {

/// Whether x (1x2x3x4) with a constant of `shape`, as operand `index`, is a scale or shift a
/// channel.
bool Folds(OpKind kind, size_t index, Shape shape, Shape x = {1, 2, 3, 4}) {
  SmallGraph g;
  std::vector<TensorId> inputs = {g.Input("x", std::move(x))};
  inputs.insert(inputs.begin() + static_cast<std::ptrdiff_t>(index),
                g.Constant("k", std::move(shape)));
  g.Add("y", kind, inputs);
  EXPECT_EQ(ConstantOperand(g.graph, g.graph.nodes[0]), index);
  return ScalesOrShiftsChannels(g.graph, g.graph.nodes[0]);
}

TEST(ConstantOperand, OneNumberOrOneAChannelFolds) {
  for (const Shape& shape : {Shape{}, Shape{1}, Shape{4}, Shape{1, 1, 4}, Shape{1, 1, 1, 1}}) {
    EXPECT_TRUE(Folds(OpKind::kAdd, 1, shape)) << shape.ToString();
    EXPECT_TRUE(Folds(OpKind::kSub, 0, shape)) << shape.ToString();
    EXPECT_TRUE(Folds(OpKind::kMul, 0, shape)) << shape.ToString();
    EXPECT_TRUE(Folds(OpKind::kDiv, 1, shape)) << shape.ToString();
  }
}

TEST(ConstantOperand, OthersDoNot) {
  EXPECT_FALSE(Folds(OpKind::kDiv, 0, {4}));  // Constant / x is no multiple of x.
  EXPECT_FALSE(Folds(OpKind::kMax, 1, {4}));
  EXPECT_FALSE(Folds(OpKind::kAdd, 1, {3, 1}));
  EXPECT_FALSE(Folds(OpKind::kAdd, 1, {1, 2, 3, 4}));
  EXPECT_FALSE(Folds(OpKind::kAdd, 1, {4}, {1, 2, 3, 1}));  // It spreads x over channels.
  EXPECT_FALSE(Folds(OpKind::kAdd, 1, {}, {}));             // No channels at all.
}

TEST(ConstantOperand, NeitherOrBoth) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 2, 3, 4});
  const TensorId k = g.Constant("k", {4});
  g.Add("neither", OpKind::kAdd, {x, x});
  g.Add("both", OpKind::kAdd, {k, k});
  g.Add("concat", OpKind::kConcat, {k, k}, ConcatAttributes{0});
  for (const Node& node : g.graph.nodes)
    EXPECT_EQ(ConstantOperand(g.graph, node), std::nullopt) << node.name;
}

TEST(ConstantOperand, SubtractionAndDivisionDoNotCommute) {
  EXPECT_TRUE(Commutes(OpKind::kAdd) && Commutes(OpKind::kMul) && Commutes(OpKind::kMin) &&
              Commutes(OpKind::kMax));
  EXPECT_FALSE(Commutes(OpKind::kSub) || Commutes(OpKind::kDiv) || Commutes(OpKind::kConcat));
}

}  // namespace
}  // namespace imcc
