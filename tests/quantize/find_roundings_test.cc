// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/find_roundings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "quantize/float_graphs.h"
#include "reference/float_executor.h"
#include "reference/integer_executor.h"

namespace imcc {
namespace {

SampleSource RoundingSource(const Graph& graph) {
  return [&graph](int64_t index) -> Result<std::vector<std::vector<float>>> {
    return testing::RandomSample(graph, static_cast<unsigned>(index));
  };
}

/// Weights that are coarse for their inputs, which are alike: neighbours of a blurred picture.
Graph CoarseLayer() {
  testing::FloatGraphs builder(3);
  const Window blur{.kernel_h = 3, .kernel_w = 3, .padding = {1, 1, 1, 1}};
  const TensorId x = builder.Input({1, 12, 12, 8});
  const TensorId alike = builder.Node(OpKind::kMaxPool, {x}, PoolAttributes{blur});
  const TensorId y = builder.Conv(alike, 16, blur, 1);
  Graph graph = builder.Build({y});
  // One large weight a channel leaves few steps to the others.
  std::vector<float>& weights = graph.tensor(graph.nodes.back().inputs[1]).constant;
  for (size_t n = 0; n < 16; ++n) weights[n * 72 + n] = 40;
  return graph;
}

double SquaredError(const Graph& graph, const Calibration& calibration) {
  const auto quantized = Quantize(graph, calibration);
  auto executor = FloatExecutor::Create(graph, 1);
  double error = 0;
  for (unsigned i = 100; i < 120; ++i) {
    const auto sample = testing::RandomSample(graph, i);
    const auto want = executor->Run(sample)->at(0);
    const auto inputs = QuantizeValues(sample[0], quantized->tensor(quantized->inputs[0]));
    const auto got = DequantizeValues(ExecuteInteger(*quantized, {inputs})->at(0),
                                      quantized->tensor(quantized->outputs[0]));
    for (size_t k = 0; k < want.size(); ++k) error += std::pow(double{got[k]} - double{want[k]}, 2);
  }
  return error;
}

TEST(FindRoundings, LowersTheErrorOnSamplesItHasNotSeen) {
  const Graph graph = CoarseLayer();
  for (const bool correct : {false, true}) {
    const CalibrationOptions options{.scheme = QuantizationScheme::kPerTensorMinMax,
                                     .bias_correction = correct};
    auto calibration = Calibrate(graph, RoundingSource(graph), 40, options);
    ASSERT_TRUE(calibration.ok());
    const double nearest = SquaredError(graph, *calibration);
    auto roundings = FindRoundings(graph, *calibration, RoundingSource(graph), 40, options);
    ASSERT_TRUE(roundings.ok()) << roundings.error().Format();
    calibration->rounded_weights = std::move(roundings->weights);
    EXPECT_LT(SquaredError(graph, *calibration), 0.7 * nearest) << correct;
  }
}

TEST(FindRoundings, TheSameBitsOnAnyNumberOfThreads) {
  const Graph graph = testing::EveryOperation(1);
  std::vector<std::vector<int8_t>> expected;
  for (const int threads : {1, 2, 5}) {
    const CalibrationOptions options{.threads = threads};
    const auto calibration = Calibrate(graph, RoundingSource(graph), 12, options);
    const auto roundings = FindRoundings(graph, *calibration, RoundingSource(graph), 12, options);
    ASSERT_TRUE(roundings.ok()) << roundings.error().Format();
    if (expected.empty()) expected = roundings->weights;
    EXPECT_EQ(roundings->weights, expected);
  }
}

// Plain, depthwise and grouped convolutions and a fully connected layer are rounded, by a step at
// most, and keep their scales; the convolution over the whole map is too large.
TEST(FindRoundings, MovesWeightsByAStepAtMost) {
  const Graph graph = testing::EveryOperation(2);
  auto calibration = Calibrate(graph, RoundingSource(graph), 12, {});
  const auto nearest = Quantize(graph, *calibration);
  auto roundings = FindRoundings(graph, *calibration, RoundingSource(graph), 12, {});
  ASSERT_TRUE(roundings.ok());
  EXPECT_EQ(roundings->too_large.size(), 1U);
  calibration->rounded_weights = std::move(roundings->weights);
  const auto adapted = Quantize(graph, *calibration);
  int layers = 0;
  int moved = 0;
  for (size_t i = 0; i < nearest->nodes.size(); ++i) {
    const auto* before = std::get_if<QConv>(&nearest->nodes[i].operation);
    if (before == nullptr) continue;
    const auto& after = std::get<QConv>(adapted->nodes[i].operation);
    EXPECT_EQ(after.weight_scales, before->weight_scales);
    layers += calibration->rounded_weights[i].empty() ? 0 : 1;
    for (size_t k = 0; k < before->weights.size(); ++k) {
      EXPECT_LE(std::abs(after.weights[k] - before->weights[k]), 1);
      EXPECT_GE(after.weights[k], -127);
      moved += after.weights[k] != before->weights[k] ? 1 : 0;
    }
  }
  EXPECT_EQ(layers, 4);
  EXPECT_GT(moved, 10);
}

TEST(FindRoundings, LeavesLargeLayersAndGivenIntegersAlone) {
  testing::FloatGraphs builder(4);
  const TensorId x = builder.Input({1, 5000});
  const TensorId large = builder.Node(OpKind::kFullyConnected, {x, builder.Constant({4, 5000}, 1)});
  const TensorId y = builder.Node(OpKind::kFullyConnected, {large, builder.Constant({2, 4}, 1)});
  Graph graph = builder.Build({y});
  graph.tensor(graph.nodes[1].inputs[1]).weight_scales = {1.0F / 127};
  const auto calibration = Calibrate(graph, RoundingSource(graph), 3, {});
  const auto roundings = FindRoundings(graph, *calibration, RoundingSource(graph), 3, {});
  ASSERT_TRUE(roundings.ok());
  EXPECT_THAT(roundings->too_large, ::testing::ElementsAre(graph.nodes[0].name));
  EXPECT_TRUE(roundings->weights[0].empty());
  EXPECT_TRUE(roundings->weights[1].empty());
}

}  // namespace
}  // namespace imcc
