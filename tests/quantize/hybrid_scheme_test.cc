// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// The hybrid scheme from float graph to integer reference.
#include <gtest/gtest.h>

#include <cmath>

#include "quantize/float_graphs.h"
#include "quantize/quantize.h"
#include "reference/float_executor.h"
#include "reference/integer_executor.h"

namespace imcc {
namespace {

/// A wide convolution whose channels differ in range by up to 2^7, then a depthwise one that evens
/// them out again: what one scale for all channels is worst at.
Graph UnevenChannels(const UnaryFunction& activation) {
  testing::FloatGraphs b(5);
  const Window same{.kernel_h = 3, .kernel_w = 3, .padding = {1, 1, 1, 1}};
  const TensorId x = b.Input({1, 8, 8, 4});
  const TensorId wide = b.Conv(x, 16, {}, 1, activation);
  Graph graph = b.Build({b.Conv(wide, 16, same, 16)});
  const auto scale = [&](TensorId id, size_t channel, float factor) {
    std::vector<float>& values = graph.tensor(id).constant;
    const size_t each = values.size() / 16;
    for (size_t k = 0; k < each; ++k) values[channel * each + k] *= factor;
  };
  for (size_t c = 0; c < 16; ++c) {
    const float factor = std::ldexp(1.0F, static_cast<int>(c % 8));
    scale(graph.nodes[0].inputs[1], c, factor / 128);
    scale(graph.nodes[0].inputs[2], c, factor / 128);
    scale(graph.nodes[1].inputs[1], c, 128 / factor);
  }
  return graph;
}

Result<QuantizedGraph> QuantizeWith(const Graph& graph, QuantizationScheme scheme) {
  const auto sample = [&](int64_t i) -> Result<std::vector<std::vector<float>>> {
    return testing::RandomSample(graph, static_cast<unsigned>(i));
  };
  IMCC_ASSIGN(const Calibration calibration, Calibrate(graph, sample, 20, {.scheme = scheme}));
  return Quantize(graph, calibration);
}

double SignalToNoise(const Graph& graph, const QuantizedGraph& quantized) {
  auto executor = FloatExecutor::Create(graph, 1);
  double signal = 0;
  double noise = 0;
  for (unsigned seed = 100; seed < 110; ++seed) {
    const auto sample = testing::RandomSample(graph, seed);
    const std::vector<float> expected = executor->Run(sample)->at(0);
    const auto inputs = QuantizeValues(sample[0], quantized.tensor(quantized.inputs[0]));
    const std::vector<float> actual = DequantizeValues(ExecuteInteger(quantized, {inputs})->at(0),
                                                       quantized.tensor(quantized.outputs[0]));
    for (size_t i = 0; i < expected.size(); ++i) {
      signal += double{expected[i]} * double{expected[i]};
      noise += std::pow(double{expected[i]} - double{actual[i]}, 2);
    }
  }
  return 10 * std::log10(signal / noise);
}

TEST(HybridScheme, SavesChannelsOfSmallRange) {
  for (const UnaryFunction& activation :
       {UnaryFunction{.kind = UnaryKind::kRelu},
        UnaryFunction{.kind = UnaryKind::kClip, .alpha = 0, .beta = 0.5}}) {
    const Graph graph = UnevenChannels(activation);
    const auto one = QuantizeWith(graph, QuantizationScheme::kPerTensorMinMax);
    const auto hybrid = QuantizeWith(graph, QuantizationScheme::kHybridPerTensorPerChannel);
    ASSERT_TRUE(hybrid.ok()) << hybrid.error().Format();
    ASSERT_TRUE(Verify(*hybrid).ok()) << Verify(*hybrid).error().Format();
    EXPECT_GT(SignalToNoise(graph, *hybrid), 30);
    EXPECT_GT(SignalToNoise(graph, *hybrid), SignalToNoise(graph, *one) + 6);
  }
}

TEST(HybridScheme, OneZeroPointAndAScaleForEachChannel) {
  const Graph graph = UnevenChannels({.kind = UnaryKind::kRelu});
  const auto hybrid = QuantizeWith(graph, QuantizationScheme::kHybridPerTensorPerChannel);
  ASSERT_TRUE(hybrid.ok());
  const Quantization& wide = hybrid->tensor(hybrid->nodes[0].output).quantization;
  ASSERT_EQ(wide.scale.size(), 16U);
  EXPECT_EQ(wide.zero_point, std::vector<int32_t>(16, -128));
  EXPECT_FALSE(hybrid->tensor(hybrid->inputs[0]).quantization.per_channel());
  EXPECT_FALSE(hybrid->tensor(hybrid->outputs[0]).quantization.per_channel());
}

TEST(HybridScheme, FallbacksAreListed) {
  const Graph graph = UnevenChannels({});
  const auto sample = [&](int64_t i) -> Result<std::vector<std::vector<float>>> {
    return testing::RandomSample(graph, static_cast<unsigned>(i));
  };
  const auto calibration =
      Calibrate(graph, sample, 2, {.scheme = QuantizationScheme::kHybridPerTensorPerChannel});
  ASSERT_TRUE(calibration.ok());
  ASSERT_EQ(calibration->per_tensor_fallbacks.size(), 1U);
  EXPECT_EQ(calibration->per_tensor_fallbacks[0].tensor, graph.nodes[0].output);
  EXPECT_TRUE(Calibrate(graph, sample, 2, {})->per_tensor_fallbacks.empty());
}

}  // namespace
}  // namespace imcc
