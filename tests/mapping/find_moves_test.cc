// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/find_moves.h"

#include <gtest/gtest.h>

#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

using testing::GraphBuilder;

size_t Count(const std::vector<std::optional<Move>>& moves) {
  size_t count = 0;
  for (const auto& move : moves) count += move ? 1 : 0;
  return count;
}

// [1,1,5,12] as 4 heads of 3 channels each, heads first.
TEST(FindMoves, ReshapeTransposeReshapeIsOne) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(1, 5, 12);
  const QTensorId heads = builder.Transpose(builder.Reshape(x, {5, 4, 3}), {1, 0, 2});
  const QuantizedGraph graph = builder.Build({builder.Reshape(heads, {1, 4, 5, 3})});
  const auto moves = FindMoves(graph, testing::ReadTarget("quad512"), {});
  ASSERT_EQ(moves.size(), 3U);
  EXPECT_EQ(Count(moves), 1U);
  ASSERT_TRUE(moves[2]);
  EXPECT_EQ(moves[2]->source, x);
  EXPECT_EQ(moves[2]->view.Source(3), 12);  // Head 0 of token 1.
}

TEST(FindMoves, WhatOthersReadTooIsMovedOnItsOwn) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(1, 5, 12);
  const QTensorId turned = builder.Transpose(builder.Reshape(x, {5, 12}), {1, 0});
  const QTensorId back = builder.Transpose(turned, {1, 0});
  const QuantizedGraph graph = builder.Build({builder.Table(turned), back});
  const auto moves = FindMoves(graph, testing::ReadTarget("quad512"), {});
  EXPECT_TRUE(moves[1]);
  ASSERT_TRUE(moves[2]);
  EXPECT_EQ(moves[2]->source, turned);
}

// Rows of 6 do not end where rows of 4 do.
TEST(FindMoves, WhatOneViewCannotSayIsTwo) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(1, 6, 2);
  const QTensorId one = builder.Transpose(builder.Reshape(x, {6, 2}), {1, 0});
  const QuantizedGraph graph =
      builder.Build({builder.Transpose(builder.Reshape(one, {3, 4}), {1, 0})});
  EXPECT_EQ(Count(FindMoves(graph, testing::ReadTarget("quad512"), {})), 2U);
}

// A slice of a large tensor spread again: the large one and the result do not fit L1 together.
TEST(FindMoves, TwoMovesWhereL1DoesNotHoldBothEnds) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(100, 300, 64);
  const QTensorId few = builder.Gather(x, 1, {3, 2});
  const QTensorId turned = builder.Transpose(few, {0, 2, 1, 3});
  const QTensorId many = builder.Gather(turned, 2, std::vector<int64_t>(80, 1));
  const QuantizedGraph graph = builder.Build({many});
  const auto moves = FindMoves(graph, testing::ReadTarget("quad512"), {});
  EXPECT_FALSE(moves[0]);
  ASSERT_TRUE(moves[1]);
  ASSERT_TRUE(moves[2]);
  EXPECT_EQ(moves[2]->source, turned);
}

TEST(FindMoves, ReshapesOfWholePixelsMoveNothing) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(4, 6, 5);
  const QuantizedGraph graph = builder.Build({builder.Table(builder.Reshape(x, {24, 5}))});
  EXPECT_EQ(Count(FindMoves(graph, testing::ReadTarget("quad512"), {})), 0U);
}

}  // namespace
}  // namespace imcc
