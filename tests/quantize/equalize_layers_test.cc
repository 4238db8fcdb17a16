// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/equalize_layers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "quantize/float_graphs.h"
#include "reference/float_executor.h"

namespace imcc {
namespace {

constexpr UnaryFunction kRelu{.kind = UnaryKind::kRelu};
constexpr UnaryFunction kRelu6{.kind = UnaryKind::kClip, .alpha = 0, .beta = 6};
constexpr Window kSame{.kernel_h = 3, .kernel_w = 3, .padding = {1, 1, 1, 1}};

/// Two 1x1 convolutions of two channels each. Weights are {4, 1, ...}, readers' as given.
struct LayerPair {
  explicit LayerPair(UnaryFunction activation) {
    testing::FloatGraphs builder(1);
    const TensorId x = builder.Input({1, 1, 1, 1});
    between = builder.Conv(x, 2, {}, 1, activation);
    graph = builder.Build({builder.Conv(between, 2, {}, 1)});
    Of(0, 1) = {4, 1};
    Of(0, 2) = {8, -2};
    Of(1, 1) = {1, 1, 0.5F, 2};
  }
  std::vector<float>& Of(size_t node, size_t input) {
    return graph.tensor(graph.nodes[node].inputs[input]).constant;
  }
  std::vector<TensorRange> Ranges(float first, float second) const {
    std::vector<TensorRange> ranges(graph.tensors.size());
    ranges[between.index()].per_channel = {{0, first}, {0, second}};
    return ranges;
  }

  Graph graph;
  TensorId between;
};

TEST(EqualizeLayers, ByHand) {
  LayerPair pair(kRelu);
  // Shares of the readers' rows: both channels fill one row each, so s = sqrt(a / 16).
  EXPECT_EQ(EqualizeLayers(pair.graph, pair.Ranges(16, 1)), 1);
  EXPECT_EQ(pair.Of(0, 1), (std::vector<float>{4, 4}));
  EXPECT_EQ(pair.Of(0, 2), (std::vector<float>{8, -8}));
  EXPECT_EQ(pair.Of(1, 1), (std::vector<float>{1, 0.25F, 0.5F, 0.5F}));
}

TEST(EqualizeLayers, WeakReadersLeaveRoomForTheActivation) {
  LayerPair pair(kRelu);
  pair.Of(1, 1) = {1, 0.25F, 1, 0.25F};
  // Channel 1 has a quarter of either row: s = sqrt(1 / 16 * 1 / (1 / 4)).
  EXPECT_EQ(EqualizeLayers(pair.graph, pair.Ranges(16, 1)), 1);
  EXPECT_EQ(pair.Of(0, 1), (std::vector<float>{4, 2}));
  EXPECT_EQ(pair.Of(1, 1), (std::vector<float>{1, 0.125F, 1, 0.125F}));
}

TEST(EqualizeLayers, AClippedChannelStaysAndTheOthersKeepHeadroom) {
  LayerPair pair(kRelu6);
  EXPECT_EQ(EqualizeLayers(pair.graph, pair.Ranges(6, 0.375F)), 1);
  EXPECT_EQ(pair.Of(0, 1), (std::vector<float>{4, 4}));  // 0.375 / (1 / 4) = 1.5, far below 6.
  LayerPair tight(kRelu6);
  EXPECT_EQ(EqualizeLayers(tight.graph, tight.Ranges(6, 2)), 1);
  EXPECT_EQ(tight.Of(0, 1)[0], 4);
  EXPECT_FLOAT_EQ(tight.Of(0, 1)[1], 1.5F);  // s = 2 * 2 / 6, not sqrt(2 / 6): at most half of 6.
}

TEST(EqualizeLayers, SleepingChannelsStay) {
  LayerPair pair(kRelu);
  EXPECT_EQ(EqualizeLayers(pair.graph, pair.Ranges(16, 0)), 0);
  EXPECT_EQ(pair.Of(0, 1), (std::vector<float>{4, 1}));
}

TEST(FindEqualizable, NotWhatSomethingElseReads) {
  testing::FloatGraphs builder(1);
  const TensorId x = builder.Input({1, 4, 4, 4});
  const TensorId added = builder.Conv(x, 4, {}, 1, kRelu);
  const TensorId sigmoid = builder.Conv(added, 4, {}, 1, {.kind = UnaryKind::kSigmoid});
  const TensorId sum = builder.Node(OpKind::kAdd, {sigmoid, added});
  const TensorId first = builder.Conv(sum, 4, {}, 1, kRelu);
  const TensorId last = builder.Conv(first, 4, {}, 1, kRelu);
  const std::vector<bool> found = FindEqualizable(builder.Build({last}));
  EXPECT_TRUE(found[first.index()]);
  EXPECT_EQ(std::count(found.begin(), found.end(), true), 1);
}

/// Layers of every kind with channels of very different size, joined with a constant between them,
/// pooled and read twice.
Graph Branches(UnaryFunction activation) {
  testing::FloatGraphs b(7);
  const TensorId x = b.Input({1, 8, 8, 3});
  const TensorId squeeze = b.Conv(x, 8, kSame, 1, activation);
  const TensorId left = b.Conv(squeeze, 6, {}, 1, activation);
  const TensorId deep = b.Conv(squeeze, 8, kSame, 8, activation);
  const TensorId right = b.Conv(deep, 8, kSame, 2, activation);
  const TensorId joined = b.Node(OpKind::kConcat, {left, b.Constant({1, 8, 8, 2}, 1), right},
                                 ConcatAttributes{.axis = 3});
  const TensorId pooled = b.Node(OpKind::kMaxPool, {joined}, PoolAttributes{kSame});
  Graph graph = b.Build({b.Conv(pooled, 5, kSame, 1)});
  for (const Node& node : graph.nodes) {
    if (node.kind != OpKind::kConv) continue;
    std::vector<float>& weights = graph.tensor(node.inputs[1]).constant;
    const size_t row = weights.size() / graph.tensor(node.inputs[2]).constant.size();
    for (size_t i = 0; i < weights.size(); ++i)
      weights[i] *= std::pow(2.0F, static_cast<float>(i / row % 5) - 2);
  }
  return graph;
}

struct Observed {
  std::vector<TensorRange> ranges;
  std::vector<std::vector<float>> outputs;
};

Observed Observe(const Graph& graph) {
  const SampleSource source = [&](int64_t i) -> Result<std::vector<std::vector<float>>> {
    return testing::RandomSample(graph, static_cast<unsigned>(i));
  };
  Observed result{.ranges = *ObserveChannels(graph, source, 8, FindEqualizable(graph), {}),
                  .outputs = {}};
  auto executor = FloatExecutor::Create(graph, 1);
  for (int64_t i = 0; i < 8; ++i) result.outputs.push_back(executor->Run(*source(i))->at(0));
  return result;
}

/// Logarithm of the largest magnitude of a channel over the mean, summed over all tensors; channels
/// that never woke do not count.
double Spread(const std::vector<TensorRange>& ranges) {
  double spread = 0;
  for (const TensorRange& range : ranges) {
    double largest = 0;
    double sum = 0;
    int64_t awake = 0;
    for (const Interval<float>& channel : range.per_channel) {
      const double magnitude = std::max(std::abs(channel.begin), std::abs(channel.end));
      if (magnitude <= 0) continue;
      largest = std::max(largest, magnitude);
      sum += std::log(magnitude);
      ++awake;
    }
    if (awake > 0) spread += std::log(largest) - sum / static_cast<double>(awake);
  }
  return spread;
}

class EqualizedNetwork : public ::testing::TestWithParam<UnaryFunction> {};

TEST_P(EqualizedNetwork, ComputesWhatItDid) {
  Graph graph = Branches(GetParam());
  const Observed before = Observe(graph);
  EXPECT_EQ(EqualizeLayers(graph, before.ranges), 4);
  ASSERT_TRUE(Verify(graph).ok());
  const Observed after = Observe(graph);
  EXPECT_LT(Spread(after.ranges), 0.8 * Spread(before.ranges));
  for (size_t i = 0; i < before.outputs.size(); ++i) {
    float largest = 0;
    for (const float y : before.outputs[i]) largest = std::max(largest, std::abs(y));
    for (size_t k = 0; k < before.outputs[i].size(); ++k)
      EXPECT_NEAR(after.outputs[i][k], before.outputs[i][k], 1e-5F * largest);
  }
}

INSTANTIATE_TEST_SUITE_P(Activations, EqualizedNetwork,
                         ::testing::Values(UnaryFunction{}, kRelu, kRelu6));

}  // namespace
}  // namespace imcc
