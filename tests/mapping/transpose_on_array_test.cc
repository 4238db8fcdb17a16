// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/transpose_on_array.h"

#include <gtest/gtest.h>

#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

using testing::GraphBuilder;

size_t Products(const QuantizedGraph& graph) {
  size_t count = 0;
  for (const QNode& node : graph.nodes)
    count += std::holds_alternative<QMatMul>(node.operation) ? 1 : 0;
  return count;
}

/// The graph after the pass, which has to compute the same.
QuantizedGraph Transposed(const QuantizedGraph& graph) {
  QuantizedGraph result = TransposeOnArray(graph, testing::ReadTarget("quad512"));
  EXPECT_TRUE(Verify(result).ok()) << Verify(result).error().Format();
  const auto inputs = testing::RandomInputs(graph, 7);
  const auto expected = ExecuteInteger(graph, inputs);
  const auto actual = ExecuteInteger(result, inputs);
  EXPECT_TRUE(expected.ok() && actual.ok());
  EXPECT_EQ(*actual, *expected);
  for (const QNode& node : result.nodes) EXPECT_EQ(CountMacs(result, node), Macs(0));
  return result;
}

// The values of four heads, 50 tokens of 64 channels each: put in order, then turned.
TEST(TransposeOnArray, HeadsOfAttention) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Symmetric(builder.Input(50, 4, 64));
  const QTensorId heads = builder.Reshape(x, {50, 4, 64});
  const QuantizedGraph graph = builder.Build({builder.Transpose(heads, {1, 2, 0})});
  const QuantizedGraph result = Transposed(graph);
  EXPECT_EQ(Products(result), 1U);
  EXPECT_EQ(result.nodes.size(), 3U + 1U);  // Symmetric is a node of its own.
}

TEST(TransposeOnArray, AMatrixThatLiesAsItShould) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Symmetric(builder.Input(1, 200, 96));
  EXPECT_EQ(Products(Transposed(builder.Build({builder.Transpose(x, {0, 1, 3, 2})}))), 1U);
}

TEST(TransposeOnArray, NotWhereCopiesAreFasterOrZeroIsNotZero) {
  GraphBuilder few(1);
  const QTensorId x = few.Symmetric(few.Input(1, 2, 3));
  EXPECT_EQ(Products(Transposed(few.Build({few.Transpose(x, {0, 1, 3, 2})}))), 0U);

  GraphBuilder skewed(3);  // Draws another zero point than 0.
  const QTensorId y = skewed.Input(1, 200, 96);
  const QuantizedGraph graph = skewed.Build({skewed.Transpose(y, {0, 1, 3, 2})});
  ASSERT_NE(graph.tensor(y).quantization.zero_point[0], 0);
  EXPECT_EQ(Products(Transposed(graph)), 0U);
}

TEST(TransposeOnArray, NotWhereTheLastAxisStays) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Symmetric(builder.Input(20, 30, 64));
  EXPECT_EQ(Products(Transposed(builder.Build({builder.Transpose(x, {0, 2, 1, 3})}))), 0U);
}

}  // namespace
}  // namespace imcc
