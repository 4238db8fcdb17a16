// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>

#include "quantize/quantize.h"

namespace imcc {
namespace {

TEST(ChooseQuantization, ByHand) {
  // 255 steps from 0 to 51: 0.2 each, zero at the bottom.
  EXPECT_EQ(ChooseQuantization(0, 51), (Quantization{{51.0F / 255}, {-128}}));
  EXPECT_EQ(ChooseQuantization(-51, 0), (Quantization{{51.0F / 255}, {127}}));
  // -128 - round(-10 / 0.1) = -28.
  EXPECT_EQ(ChooseQuantization(-10, 15.5F), (Quantization{{25.5F / 255}, {-28}}));
}

TEST(ChooseQuantization, ZeroIsAlwaysRepresentable) {
  EXPECT_EQ(ChooseQuantization(5, 10), ChooseQuantization(0, 10));
  EXPECT_EQ(ChooseQuantization(-9, -3), ChooseQuantization(-9, 0));
}

TEST(ChooseQuantization, NoScaleBelowTheEpsilonAndNoneInfinite) {
  EXPECT_EQ(ChooseQuantization(0, 0), (Quantization{{FLT_EPSILON}, {-128}}));
  EXPECT_EQ(ChooseQuantization(0, 1e-30F).scale[0], FLT_EPSILON);
  const Quantization widest = ChooseQuantization(-3e38F, 3e38F);
  EXPECT_TRUE(std::isfinite(widest.scale[0]));
  EXPECT_NEAR(widest.zero_point[0], 0, 1);
}

TEST(ChooseQuantization, SymmetricByHand) {
  EXPECT_EQ(ChooseSymmetricQuantization(-254, 10), (Quantization{{2.0F}, {0}}));
  EXPECT_EQ(ChooseSymmetricQuantization(1, 127), (Quantization{{1.0F}, {0}}));
  EXPECT_EQ(ChooseSymmetricQuantization(0, 0).zero_point[0], 0);
  EXPECT_GT(ChooseSymmetricQuantization(0, 0).scale[0], 0);
}

TEST(ChooseQuantization, EveryChannelByItself) {
  const Quantization q =
      ChooseQuantization({.min = 0, .max = 51, .per_channel = {{0, 51}, {0.5F, 25.5F}, {0, 0}}});
  // The last was never seen: a 256th of the whole range.
  EXPECT_EQ(q.scale, (std::vector<float>{51.0F / 255, 25.5F / 255, 51.0F / 256 / 255}));
  EXPECT_EQ(q.zero_point, (std::vector<int32_t>{-128, -128, -128}));
  EXPECT_EQ(ChooseQuantization({.min = 0, .max = 51}), ChooseQuantization(0, 51));
}

}  // namespace
}  // namespace imcc
