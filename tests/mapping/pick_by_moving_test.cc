// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/pick_by_moving.h"

#include <gtest/gtest.h>

#include "mapping/find_moves.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

using testing::GraphBuilder;

/// Channels 8 to 16 of 24 pixels, cut in two halves that become rows, or read by a table.
QuantizedGraph Halves(bool moves) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(1, 24, 32);
  const QTensorId picked = builder.PickChannels(x, 8, 8);
  if (!moves) return builder.Build({builder.Table(picked)});
  return builder.Build({builder.Transpose(builder.Reshape(picked, {24, 2, 4}), {1, 0, 2})});
}

size_t Convolutions(const QuantizedGraph& graph) {
  size_t count = 0;
  for (const QNode& node : graph.nodes)
    count += std::holds_alternative<QConv>(node.operation) ? 1 : 0;
  return count;
}

TEST(PickByMoving, OneMoveDoesBoth) {
  const QuantizedGraph graph = Halves(true);
  const QuantizedGraph result = PickByMoving(graph, testing::ReadTarget("quad512"), {});
  ASSERT_TRUE(Verify(result).ok()) << Verify(result).error().Format();
  EXPECT_EQ(Convolutions(graph), 1U);
  EXPECT_EQ(Convolutions(result), 0U);
  const auto inputs = testing::RandomInputs(graph, 3);
  EXPECT_EQ(*ExecuteInteger(result, inputs), *ExecuteInteger(graph, inputs));
  size_t moves = 0;
  for (const auto& move : FindMoves(result, testing::ReadTarget("quad512"), {}))
    moves += move ? 1 : 0;
  EXPECT_EQ(moves, 1U);
}

TEST(PickByMoving, NotWhatKernelsRead) {
  const QuantizedGraph graph = Halves(false);
  EXPECT_EQ(Convolutions(PickByMoving(graph, testing::ReadTarget("quad512"), {})), 1U);
}

TEST(PickByMoving, NotWhatDoesNotFitL1) {
  const CompilationOptions options{.l1_constraint = Bytes(2048)};
  const QuantizedGraph result = PickByMoving(Halves(true), testing::ReadTarget("quad512"), options);
  EXPECT_EQ(Convolutions(result), 1U);
}

}  // namespace
}  // namespace imcc
