// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/patch_moments.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace imcc {
namespace {

TEST(PatchMoments, ByHand) {
  // One pixel of two channels, scale 0.5, zero point 10: (1, 3) is 2 and 6 steps, (2, 0) 4 and 0.
  const QConv conv{.in_channels = 2, .out_channels = 1};
  PatchMoments moments(conv, {{0.5F}, {10}}, {1, 1, 2}, 5);
  EXPECT_EQ(moments.Matrix(0, false), (std::vector<double>{0, 0, 0, 0}));
  const std::vector<float> first = {1, 3};
  const std::vector<float> second = {2, 0};
  moments.Add(first.data(), 0);
  moments.Add(second.data(), 1);
  EXPECT_EQ(moments.patches(), 2);  // There is one position to a sample.
  EXPECT_EQ(moments.Matrix(0, false), (std::vector<double>{10, 6, 6, 18}));
  EXPECT_EQ(moments.Matrix(0, true), (std::vector<double>{1, -3, -3, 9}));
}

/// Moments of every position of a sample, weight by weight.
std::vector<double> SlowMatrix(const QConv& conv, const Quantization& x, const FeatureMap& in,
                               const std::vector<float>& values, int64_t group) {
  const Window& w = conv.window;
  const int64_t channels = conv.in_channels / conv.groups;
  const FeatureMap out = WindowOutput(w, in, conv.out_channels);
  const auto taps = static_cast<size_t>(conv.taps_per_output());
  std::vector<double> matrix(taps * taps);
  for (int64_t pixel = 0; pixel < out.pixels(); ++pixel) {
    std::vector<double> patch;
    for (int64_t tap = 0; tap < w.taps(); ++tap) {
      const int64_t row =
          pixel / out.width * w.stride_h - w.padding.top + tap / w.kernel_w * w.dilation_h;
      const int64_t column =
          pixel % out.width * w.stride_w - w.padding.left + tap % w.kernel_w * w.dilation_w;
      for (int64_t c = group * channels; c < (group + 1) * channels; ++c) {
        const bool inside = row >= 0 && row < in.height && column >= 0 && column < in.width;
        const double real =
            inside
                ? double{values[static_cast<size_t>((row * in.width + column) * in.channels + c)]}
                : 0;
        const double zero = x.zero_point[0];
        patch.push_back(
            std::clamp(std::nearbyint(real / double{x.scale[0]}) + zero, -128.0, 127.0) - zero);
      }
    }
    for (size_t i = 0; i < taps; ++i) {
      for (size_t j = 0; j < taps; ++j)
        matrix[i * taps + j] += patch[i] * patch[j] / static_cast<double>(out.pixels());
    }
  }
  return matrix;
}

TEST(PatchMoments, EqualsTheSumOverPositionsForAnyWindow) {
  std::mt19937 random(7);
  const auto pick = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
  };
  for (int round = 0; round < 100; ++round) {
    const int64_t groups = pick(1, 3);
    const QConv conv{.window = {.kernel_h = pick(1, 3),
                                .kernel_w = pick(1, 4),
                                .stride_h = pick(1, 3),
                                .stride_w = pick(1, 3),
                                .dilation_h = pick(1, 2),
                                .dilation_w = pick(1, 2),
                                .padding = {pick(0, 2), pick(0, 2), pick(0, 2), pick(0, 2)}},
                     .groups = groups,
                     .in_channels = groups * pick(1, 2),
                     .out_channels = groups};
    const FeatureMap in{pick(5, 9), pick(7, 9), conv.in_channels};
    const Quantization x{{0.5F}, {static_cast<int32_t>(pick(-128, 127))}};
    std::vector<float> values(static_cast<size_t>(in.elements()));
    for (float& value : values) value = static_cast<float>(pick(-100, 100)) * 0.3F;
    PatchMoments moments(conv, x, in, 1000);
    moments.Add(values.data(), round);
    for (int64_t g = 0; g < groups; ++g) {
      const std::vector<double> actual = moments.Matrix(g, false);
      const std::vector<double> expected = SlowMatrix(conv, x, in, values, g);
      for (size_t i = 0; i < actual.size(); ++i)
        ASSERT_NEAR(actual[i], expected[i], 1e-9 * (1 + std::abs(expected[i])))
            << round << " " << i;
    }
  }
}

TEST(PatchMoments, TheOrderOfSamplesChangesNoBit) {
  const QConv conv{.window = {.kernel_h = 3, .kernel_w = 3}, .in_channels = 4, .out_channels = 1};
  std::mt19937 random(3);
  std::vector<std::vector<float>> samples(9, std::vector<float>(12 * 12 * 4));
  for (auto& sample : samples)
    for (float& value : sample) value = static_cast<float>(random() % 1000) * 0.01F - 5;
  const auto matrix = [&](bool backwards) {
    PatchMoments moments(conv, {{0.04F}, {-3}}, {12, 12, 4}, 7);
    for (size_t i = 0; i < samples.size(); ++i) {
      const size_t sample = backwards ? samples.size() - 1 - i : i;
      moments.Add(samples[sample].data(), static_cast<int64_t>(sample));
    }
    EXPECT_EQ(moments.patches(), 63);
    return moments.Matrix(0, true);
  };
  EXPECT_EQ(matrix(false), matrix(true));
}

}  // namespace
}  // namespace imcc
