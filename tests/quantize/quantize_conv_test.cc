// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/quantize_conv.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>

namespace imcc {
namespace {

FloatConv OneTap(std::vector<float> weights, std::vector<float> bias) {
  const auto n = static_cast<int64_t>(bias.size());
  return {.in_channels = static_cast<int64_t>(weights.size()) / n,
          .out_channels = n,
          .weights = std::move(weights),
          .bias = std::move(bias)};
}

TEST(QuantizeConv, WeightsSymmetricPerOutputChannel) {
  const QConv conv = QuantizeConv(OneTap({1.27F, -0.635F, 0.02F, -2.54F}, {1, 0}), {{0.5F}, {3}},
                                  {{0.25F}, {0}}, {-5, 5});
  EXPECT_EQ(conv.weights, (std::vector<int8_t>{127, -64, 1, -127}));
  EXPECT_FLOAT_EQ(conv.weight_scales[0], 0.01F);
  EXPECT_FLOAT_EQ(conv.weight_scales[1], 0.02F);
  EXPECT_EQ(conv.bias, (std::vector<int32_t>{200, 0}));  // 1 / (0.5 * 0.01).
  EXPECT_EQ(conv.requantizers[0], MakeRequantizer(0.5F * conv.weight_scales[0] / 0.25F));
  EXPECT_EQ(conv.clamp, (ClampRange{-5, 5}));
}

TEST(QuantizeConv, AChannelOfZerosHasTheEpsilonAsScale) {
  const QConv conv = QuantizeConv(OneTap({0, 0}, {0}), {{1.0F}, {0}}, {{1.0F}, {0}}, {});
  EXPECT_EQ(conv.weight_scales[0], FLT_EPSILON);
  EXPECT_EQ(conv.weights, (std::vector<int8_t>{0, 0}));
}

TEST(QuantizeConv, AHugeBiasRaisesTheScaleInsteadOfOverflowing) {
  const QConv conv = QuantizeConv(OneTap({1e-6F}, {5000}), {{0.01F}, {0}}, {{40.0F}, {0}}, {});
  const double real = conv.bias[0] * double{0.01F} * double(conv.weight_scales[0]);
  EXPECT_NEAR(real, 5000, 0.01);
  EXPECT_LE(std::abs(conv.bias[0]), (1 << 29) + 64);
  EXPECT_EQ(Requantize(conv.bias[0], conv.requantizers[0], 0, {}), 125);
}

TEST(QuantizeConv, DepthwiseUsesTheScaleOfEachInputChannel) {
  const FloatConv depthwise{
      .groups = 2, .in_channels = 2, .out_channels = 2, .weights = {1.27F, 1.27F}, .bias = {1, 1}};
  const QConv conv = QuantizeConv(depthwise, {{0.5F, 0.25F}, {0, 0}}, {{1.0F}, {0}}, {});
  EXPECT_EQ(conv.bias, (std::vector<int32_t>{200, 400}));
  EXPECT_EQ(conv.requantizers[0].shift + 1, conv.requantizers[1].shift);
}

}  // namespace
}  // namespace imcc
