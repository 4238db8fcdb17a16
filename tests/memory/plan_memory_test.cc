// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mapping/mapping.h"
#include "memory/memory.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

Result<MemoryPlan> Plan(const QuantizedGraph& graph, const Target& target,
                        const CompilationOptions& options = {}) {
  IMCC_ASSIGN(const MappedNetwork network,
              MapNetwork(graph, PlainChoices(graph, target), target, options));
  IMCC_ASSIGN(const TilePlan tiles, PlanTiles(network, target, options));
  return PlanMemory(network, tiles, target, options);
}

/// Three 1x1 convolutions in a row.
QuantizedGraph Chain(int64_t side, int64_t channels) {
  testing::GraphBuilder builder(1);
  QTensorId x = builder.Input(side, side, channels);
  for (int i = 0; i < 3; ++i) x = builder.Conv(x, channels, {});
  return builder.Build({x});
}

TEST(PlanMemory, SmallActivationsLiveInL1AndHostTensorsInDdr) {
  const auto plan = Plan(Chain(8, 64), testing::ReadTarget("quad512"));
  ASSERT_TRUE(plan.ok()) << plan.error().Format();
  EXPECT_EQ(plan->buffers[0].region, Region::kDdr);
  EXPECT_EQ(plan->buffers[1].region, Region::kL1);
  EXPECT_EQ(plan->buffers[2].region, Region::kL1);
  EXPECT_EQ(plan->buffers[3].region, Region::kDdr);
  EXPECT_EQ(plan->weights[0][0].region, Region::kL2);
}

TEST(PlanMemory, WeightsThatDoNotFitL2AreStreamedThroughL1) {
  CompilationOptions options;
  options.l2_constraint = Bytes(4096);
  const auto plan = Plan(Chain(8, 128), testing::ReadTarget("quad512"), options);
  ASSERT_TRUE(plan.ok()) << plan.error().Format();
  EXPECT_EQ(plan->weights[0][0].region, Region::kDdr);
  EXPECT_EQ(plan->staging.size(), 4U);
  EXPECT_TRUE(Verify(*plan).ok());
}

TEST(PlanMemory, ANetworkBeyondDdrIsRefused) {
  CompilationOptions options;
  options.ddr_constraint = Bytes(1000);
  const auto plan = Plan(Chain(8, 64), testing::ReadTarget("quad512"), options);
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.error().code, ErrorCode::kCapacity);
  EXPECT_EQ(plan.error().subject, "DDR");
}

TEST(PlanMemory, RandomNetworksPassTheJudge) {
  const Target target = testing::ReadTarget("tiny");
  int planned = 0;
  for (uint64_t seed = 1; seed < 60; ++seed) {
    const auto plan = Plan(testing::RandomGraph(seed, 10, 24), target);
    if (!plan.ok()) continue;
    ++planned;
    const Status judged = Verify(*plan);
    EXPECT_TRUE(judged.ok()) << seed << ": " << judged.error().Format();
  }
  EXPECT_GT(planned, 20);
}

}  // namespace
}  // namespace imcc
