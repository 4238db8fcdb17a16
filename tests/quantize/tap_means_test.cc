// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/tap_means.h"

#include <gtest/gtest.h>

#include <random>

#include "ir/quantized_graph.h"

namespace imcc {
namespace {

TEST(TapMeans, OneTapIsTheMeanOfEachChannelOverSamples) {
  TapMeans means(Window{}, {1, 2, 2});
  EXPECT_EQ(means.Means(), (std::vector<double>{0, 0}));
  const std::vector<float> first = {1, 10, 3, 30};
  const std::vector<float> second = {5, 50, 7, 70};
  means.Add(first.data());
  means.Add(second.data());
  EXPECT_EQ(means.Means(), (std::vector<double>{4, 40}));
}

TEST(TapMeans, PaddingCountsAsZero) {
  // Three pixels 3 6 9 under a window of three taps: the left one sees 0 3 6, the right one 6 9 0.
  TapMeans means({.kernel_w = 3, .padding = {.left = 1, .right = 1}}, {1, 3, 1});
  const std::vector<float> row = {3, 6, 9};
  means.Add(row.data());
  EXPECT_EQ(means.Means(), (std::vector<double>{3, 6, 5}));
}

/// The mean input under one tap, position by position.
double SlowMean(const Window& w, const FeatureMap& in, const std::vector<float>& values,
                int64_t tap, int64_t channel) {
  const FeatureMap out = WindowOutput(w, in, in.channels);
  double sum = 0;
  for (int64_t pixel = 0; pixel < out.pixels(); ++pixel) {
    const int64_t y =
        pixel / out.width * w.stride_h - w.padding.top + tap / w.kernel_w * w.dilation_h;
    const int64_t x =
        pixel % out.width * w.stride_w - w.padding.left + tap % w.kernel_w * w.dilation_w;
    if (y < 0 || y >= in.height || x < 0 || x >= in.width) continue;
    sum += double{values[static_cast<size_t>((y * in.width + x) * in.channels + channel)]};
  }
  return sum / static_cast<double>(out.pixels());
}

TEST(TapMeans, EqualsTheSumOverPositionsForAnyWindow) {
  std::mt19937 random(7);
  const auto pick = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
  };
  for (int round = 0; round < 200; ++round) {
    const Window w{.kernel_h = pick(1, 3),
                   .kernel_w = pick(1, 4),
                   .stride_h = pick(1, 3),
                   .stride_w = pick(1, 3),
                   .dilation_h = pick(1, 2),
                   .dilation_w = pick(1, 2),
                   .padding = {pick(0, 2), pick(0, 2), pick(0, 2), pick(0, 2)}};
    const FeatureMap in{pick(5, 9), pick(7, 9), pick(1, 3)};
    std::vector<float> values(static_cast<size_t>(in.elements()));
    for (float& value : values) value = static_cast<float>(pick(-50, 50));
    TapMeans means(w, in);
    means.Add(values.data());
    const std::vector<double> actual = means.Means();
    for (size_t i = 0; i < actual.size(); ++i)
      ASSERT_DOUBLE_EQ(actual[i], SlowMean(w, in, values, static_cast<int64_t>(i) / in.channels,
                                           static_cast<int64_t>(i) % in.channels))
          << round << " " << i;
  }
}

}  // namespace
}  // namespace imcc
