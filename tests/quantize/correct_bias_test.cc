// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/correct_bias.h"

#include <gtest/gtest.h>

#include <cmath>

#include "quantize/float_graphs.h"
#include "quantize/quantize.h"
#include "reference/float_executor.h"
#include "reference/integer_executor.h"

namespace imcc {
namespace {

TEST(CorrectBias, ByHand) {
  // Scale 1: 127 is exact, 10.25 loses 0.25, -3.5 rounds to -4 and gains 0.5.
  const FloatConv conv{
      .in_channels = 3, .out_channels = 1, .weights = {127, 10.25F, -3.5F}, .bias = {20}};
  const Quantization x{{0.5F}, {7}};
  QConv quantized = QuantizeConv(conv, x, {{1.0F}, {0}}, {});
  ASSERT_EQ(quantized.weights, (std::vector<int8_t>{127, 10, -4}));
  ASSERT_EQ(quantized.bias[0], 40);  // 20 / (0.5 * 1).
  CorrectBias(conv, x, {1000, 8, 6}, quantized);
  EXPECT_EQ(quantized.bias[0], 50);  // (20 + 0.25 * 8 + 0.5 * 6) / 0.5.
}

TEST(CorrectBias, EveryGroupUsesItsOwnChannelsAndScales) {
  const FloatConv conv{.window = {.kernel_w = 2},
                       .groups = 2,
                       .in_channels = 2,
                       .out_channels = 2,
                       .weights = {127, 0.25F, 254, 1.5F},
                       .bias = {0, 0}};
  const Quantization x{{0.5F, 0.25F}, {0, 0}};
  QConv quantized = QuantizeConv(conv, x, {{1.0F}, {0}}, {});
  ASSERT_EQ(quantized.weights, (std::vector<int8_t>{127, 0, 127, 1}));
  CorrectBias(conv, x, {100, 100, 4, 3}, quantized);         // [tap][channel]
  EXPECT_EQ(quantized.bias, (std::vector<int32_t>{2, -3}));  // 1 / 0.5 and -1.5 / (0.25 * 2).
}

TEST(CorrectBias, AbsurdMeansDoNotOverflow) {
  const FloatConv conv{.in_channels = 2, .out_channels = 1, .weights = {127, 0.25F}, .bias = {0}};
  const Quantization x{{1.0F}, {0}};
  QConv quantized = QuantizeConv(conv, x, {{1.0F}, {0}}, {});
  CorrectBias(conv, x, {0, 1e30}, quantized);
  EXPECT_EQ(quantized.bias[0], 1 << 29);
}

/// Mean over samples of what each output channel of a one-layer network is off.
std::vector<double> MeanErrors(const Graph& graph, const QuantizedGraph& quantized, int samples) {
  auto executor = FloatExecutor::Create(graph, 1);
  std::vector<double> errors(static_cast<size_t>(graph.tensor(graph.outputs[0]).shape.back()));
  for (int i = 0; i < samples; ++i) {
    const auto sample = testing::RandomSample(graph, static_cast<unsigned>(i));
    const std::vector<float> expected = executor->Run(sample)->at(0);
    const auto inputs = QuantizeValues(sample[0], quantized.tensor(quantized.inputs[0]));
    const std::vector<float> actual = DequantizeValues(ExecuteInteger(quantized, {inputs})->at(0),
                                                       quantized.tensor(quantized.outputs[0]));
    for (size_t k = 0; k < expected.size(); ++k)
      errors[k % errors.size()] += double{actual[k]} - double{expected[k]};
  }
  for (double& error : errors) error *= static_cast<double>(errors.size()) / samples;
  return errors;
}

TEST(CorrectBias, TakesTheMeanErrorOutOfALayer) {
  testing::FloatGraphs builder(3);
  const Window same{.kernel_h = 3, .kernel_w = 3, .padding = {1, 1, 1, 1}};
  const TensorId x = builder.Input({1, 8, 8, 16});
  // Positive inputs have a mean, as activations do.
  const TensorId positive = builder.Node(OpKind::kMaxPool, {x}, PoolAttributes{same});
  const Graph graph = builder.Build({builder.Conv(positive, 32, same, 1)});
  const SampleSource source = [&](int64_t i) -> Result<std::vector<std::vector<float>>> {
    return testing::RandomSample(graph, static_cast<unsigned>(i));
  };
  const auto squared_error = [&](bool correct) {
    const auto calibration =
        Calibrate(graph, source, 40,
                  {.scheme = QuantizationScheme::kPerTensorMinMax, .bias_correction = correct});
    const auto quantized = Quantize(graph, *calibration);
    double sum = 0;
    for (const double error : MeanErrors(graph, *quantized, 40)) sum += error * error;
    return sum;
  };
  EXPECT_LT(squared_error(true), 0.2 * squared_error(false));
}

}  // namespace
}  // namespace imcc
