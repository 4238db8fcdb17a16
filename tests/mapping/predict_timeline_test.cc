// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/predict_timeline.h"

#include <gtest/gtest.h>

#include <numeric>

#include "mapping/mapping.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

using testing::GraphBuilder;

struct Predicted {
  MappedNetwork network;
  std::vector<KernelDemand> demands;
  std::vector<KernelSpan> spans;
};

Predicted Predict(const QuantizedGraph& graph, const Target& target,
                  const CompilationOptions& options = {}) {
  Predicted result;
  result.network = LayOutNetwork(graph, PlainChoices(graph, target), target, options);
  for (const Kernel& kernel : result.network.kernels)
    result.demands.push_back(DemandOf(kernel, target, options));
  const Placement placement = GuessPlacement(result.network, result.demands, target, options);
  result.spans = PredictTimeline(result.network, result.demands, placement, target, options);
  return result;
}

// 1x1, 512 -> 1024 on one pixel: two column tiles of 262,144 bytes at 54 B/cycle, an MVM each.
// Loads follow each other (2 x 4,854.5 + 2 x 16), then one product (8 + 16), its drain (8 + 16),
// and the copy to DDR.
TEST(PredictTimeline, WeightsOfOnePixelByHand) {
  const Target target = testing::ReadTarget("quad512");
  GraphBuilder builder(1);
  const QuantizedGraph graph = builder.Build({builder.Conv(builder.Input(1, 1, 512), 1024, {})});
  const Predicted predicted = Predict(graph, target);
  ASSERT_EQ(predicted.spans.size(), 1U);
  const double loads = 2 * (262144 / 54.0 + 16);
  const double store = 1024 / target.bandwidth.ddr + 16;
  EXPECT_NEAR(predicted.spans[0].end, loads + (8 + 16) + (8 + 16) + store, 1.0);
}

TEST(KernelDemand, ReplicationTradesProductsForWeights) {
  const Target target = testing::ReadTarget("quad512");
  GraphBuilder builder(1);
  const QuantizedGraph graph =
      builder.Build({builder.Conv(builder.Input(58, 58, 64), 64, {.kernel_h = 3, .kernel_w = 3})});
  MappingChoices choices = PlainChoices(graph, target);
  const auto demand = [&](int64_t replicas) {
    choices[0].replicas = replicas;
    return DemandOf(LayOutNetwork(graph, choices, target, {}).kernels[0], target, {});
  };
  // 576 rows = 2 row tiles; 3 * (3 + 3) * 64 = 1,152 rows = 3 row tiles for four pixels at once.
  EXPECT_DOUBLE_EQ(demand(1).mvm(), 8.0 * 56 * 56 * 2);
  EXPECT_DOUBLE_EQ(demand(4).mvm(), 8.0 * 56 * 14 * 3);
  EXPECT_EQ(demand(1).weights, Bytes(576 * 64));
  EXPECT_EQ(demand(4).weights, Bytes(1152 * 256));
  EXPECT_DOUBLE_EQ(demand(4).vector, 56.0 * 14 * 4);
}

// The weights of the second layer load while the first computes: the frame is shorter than the sum
// of both layers alone, and no shorter than the busiest engine.
TEST(PredictTimeline, LayersOverlapButKeepTheBounds) {
  const Target target = testing::ReadTarget("quad512");
  GraphBuilder builder(1);
  const Window window{.kernel_h = 3, .kernel_w = 3, .padding = {1, 1, 1, 1}};
  const QTensorId a = builder.Conv(builder.Input(28, 28, 128), 128, window);
  const QuantizedGraph graph = builder.Build({builder.Conv(a, 128, window)});
  const Predicted both = Predict(graph, target);
  double mvm = 0;
  double serial = 0;
  for (const KernelDemand& demand : both.demands) {
    mvm += demand.mvm();
    serial += demand.mvm() + demand.vector +
              static_cast<double>(demand.weights.count()) / target.bandwidth.weights_dual_channel;
  }
  EXPECT_GE(both.spans.back().end, mvm);
  EXPECT_LE(both.spans.back().end, serial + 8000);
}

TEST(GuessPlacement, WeightsBeyondL2GoToDdr) {
  const Target target = testing::ReadTarget("quad512");
  CompilationOptions options;
  options.l2_constraint = Bytes(300'000);
  GraphBuilder builder(1);
  const QTensorId a = builder.Conv(builder.Input(7, 7, 512), 512, {});
  const QuantizedGraph graph = builder.Build({builder.Conv(a, 512, {})});
  const MappedNetwork network = LayOutNetwork(graph, PlainChoices(graph, target), target, options);
  std::vector<KernelDemand> demands;
  for (const Kernel& kernel : network.kernels) demands.push_back(DemandOf(kernel, target, options));
  const Placement placement = GuessPlacement(network, demands, target, options);
  EXPECT_NE(placement.streamed[0][0], placement.streamed[1][0]);
}

TEST(ChooseReplication, OffKeepsOneCopyAndForceSetsIt) {
  const Target target = testing::ReadTarget("quad512");
  GraphBuilder builder(1);
  const QuantizedGraph graph =
      builder.Build({builder.Conv(builder.Input(58, 58, 64), 64, {.kernel_h = 3, .kernel_w = 3})});
  CompilationOptions options;
  EXPECT_GT(ChooseReplication(graph, target, options)[0].replicas, 1);
  options.icrx_max_factor = 2;
  EXPECT_EQ(ChooseReplication(graph, target, options)[0].replicas, 2);
  options.enable_icr = false;
  EXPECT_EQ(ChooseReplication(graph, target, options)[0].replicas, 1);
  options = {};
  options.icrx_force = 5;
  EXPECT_EQ(ChooseReplication(graph, target, options)[0].replicas, 5);
}

}  // namespace
}  // namespace imcc
