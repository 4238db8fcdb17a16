// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "explain/tensor_sums.h"

#include <gtest/gtest.h>

#include <numeric>

namespace imcc {
namespace {

// Scale 1/2 and zero point -128 hold [0, 127.5].
const QTensor kTensor{"t", {1, 1, 1, 4}, Layout::kChannelsLast, {{0.5F}, {-128}}};

TEST(TensorSums, ByHand) {
  const std::vector<float> real = {1.2F, -2, 127.7F, 130};
  const std::vector<float> rounded = {1, 0, 127.5F, 127.5F};
  const std::vector<float> isolated = {1.5F, 0, 127, 127};
  const std::vector<float> accumulated = {2, 0, 126, 126};
  const TensorSums sums = TensorSums::Of({real, rounded, {real, isolated}, accumulated}, kTensor);
  EXPECT_EQ(sums.values, 4);
  // 127.7 is nearer to 127.5 than half a step; -2 and 130 are out.
  EXPECT_EQ(sums.clipped, 2);
  EXPECT_EQ(sums.smallest, -2);
  EXPECT_EQ(sums.largest, 130);
  EXPECT_NEAR(sums.signal, 1.44 + 4 + 127.7 * 127.7 + 130 * 130, 1e-2);
  EXPECT_NEAR(sums.rounding, 0.04 + 4 + 0.04 + 6.25, 1e-4);
  EXPECT_NEAR(sums.clipping, 4 + 6.25, 1e-6);
  EXPECT_NEAR(sums.isolated, 0.09 + 4 + 0.49 + 9, 1e-4);
  EXPECT_NEAR(sums.accumulated, 0.64 + 4 + 2.89 + 16, 1e-3);
}

TEST(TensorSums, HistogramHasTheRangeInItsMiddle) {
  // A bin is 127.5 / 64 = 1.99 wide.
  const std::vector<float> v = {0.1F, 127.4F, -1, -1000};
  const TensorSums sums = TensorSums::Of({v, v, {v, v}, v}, kTensor);
  const std::vector<int64_t>& bins = sums.histogram;
  ASSERT_EQ(static_cast<int64_t>(bins.size()), kHistogramBins + 2 * kHistogramMargin);
  EXPECT_EQ(bins[kHistogramMargin], 1);
  EXPECT_EQ(bins[kHistogramMargin + kHistogramBins - 1], 1);
  EXPECT_EQ(bins[kHistogramMargin - 1], 1);
  EXPECT_EQ(bins[0], 1);
  EXPECT_EQ(std::accumulate(bins.begin(), bins.end(), int64_t{0}), 4);
}

TEST(TensorSums, ChannelsClipAtTheirOwnEnds) {
  const QTensor tensor{"t", {1, 1, 2, 2}, Layout::kChannelsLast, {{0.5F, 0.25F}, {-128, -128}}};
  const std::vector<float> v = {100, 100, 60, 60};  // The second channel holds up to 63.75.
  EXPECT_EQ(TensorSums::Of({v, v, {v, v}, v}, tensor).clipped, 1);
  EXPECT_EQ(RangeOf(tensor.quantization), (Interval<float>{0, 127.5F}));
}

TEST(TensorSums, SamplesAddUp) {
  const std::vector<float> a = {1, 2};
  const std::vector<float> b = {-3, 4};
  TensorSums sums;
  sums.Add(TensorSums::Of({a, b, {a, b}, b}, kTensor));
  sums.Add(TensorSums::Of({b, a, {b, b}, b}, kTensor));
  EXPECT_EQ(sums.values, 4);
  EXPECT_EQ(sums.smallest, -3);
  EXPECT_EQ(sums.rounding, 2 * (16 + 4));
  EXPECT_EQ(sums.isolated, 16 + 4);
}

}  // namespace
}  // namespace imcc
