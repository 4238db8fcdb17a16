// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "numerics/across_channels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace imcc {
namespace {

std::vector<int8_t> RandomRow(std::mt19937& random, size_t count) {
  std::vector<int8_t> row(count);
  for (int8_t& value : row) value = static_cast<int8_t>(static_cast<int>(random() % 256) - 128);
  return row;
}

TEST(Softmax, ByHand) {
  // Scale log 2: every step halves. 1, 1/2 and 1/4 of 7/4.
  const SoftmaxParameters p = MakeSoftmax(std::log(2.0F), 1 / 256.0F, -128);
  const int8_t x[] = {10, 9, 8};
  int8_t y[3];
  SoftmaxRow(x, 3, p, y);
  EXPECT_EQ(y[0], 146 - 128);  // 256 * 4 / 7 = 146.29
  EXPECT_EQ(y[1], 73 - 128);
  EXPECT_EQ(y[2], 37 - 128);  // 36.57
  SoftmaxRow(x, 1, p, y);
  EXPECT_EQ(y[0], 127);  // 256 saturates.
}

TEST(Softmax, IsTheExactFunctionRoundedOnce) {
  std::mt19937 random(1);
  int64_t differ = 0;
  for (int round = 0; round < 300; ++round) {
    const std::vector<int8_t> x = RandomRow(random, 1 + random() % 300);
    const float scale = 0.001F * static_cast<float>(1 + random() % 200);
    const SoftmaxParameters p = MakeSoftmax(scale, 1 / 255.0F, -128);
    std::vector<int8_t> y(x.size());
    SoftmaxRow(x.data(), static_cast<int64_t>(x.size()), p, y.data());
    double sum = 0;
    for (const int8_t v : x) sum += std::exp(double{scale} * v);
    for (size_t i = 0; i < x.size(); ++i) {
      const double exact = std::exp(double{scale} * x[i]) / sum * 255 - 128;
      EXPECT_LE(std::abs(y[i] - exact), 0.5001) << exact;
      differ += std::nearbyint(exact) != y[i] ? 1 : 0;
    }
  }
  EXPECT_LE(differ, 5);  // Within 2^-20 of a tie.
}

TEST(Normalize, ByHand) {
  // Values 1, 2, 3, 6 in steps of 1: mean 3, variance 3.5; gamma 2, beta 1, steps of 1/10.
  const NormalizeParameters p = MakeNormalize(1, 0, 0.1F, 5, 0.5, {2, 2, 2, -2}, {1, 1, 1, 1});
  const int8_t x[] = {1, 2, 3, 6};
  int8_t y[4];
  NormalizeRow(x, 4, p, y);
  EXPECT_EQ(y[0], 5 + 10 - 20);  // -2 / 2 * 2 + 1 = -1
  EXPECT_EQ(y[1], 5 + 0);        // -1 / 2 * 2 + 1 = 0
  EXPECT_EQ(y[2], 5 + 10);
  EXPECT_EQ(y[3], 5 - 20);  // 3 / 2 * -2 + 1 = -2
}

TEST(Normalize, EqualValuesGiveTheShift) {
  for (const double epsilon : {0.0, 1e-5}) {
    const NormalizeParameters p = MakeNormalize(0.1F, 3, 0.1F, 0, epsilon, {5, 5}, {1, -1});
    const int8_t x[] = {7, 7};
    int8_t y[2];
    NormalizeRow(x, 2, p, y);
    EXPECT_EQ(y[0], 10);
    EXPECT_EQ(y[1], -10);
  }
}

TEST(Normalize, IsTheExactFunctionRoundedOnce) {
  std::mt19937 random(2);
  int64_t differ = 0;
  int64_t values = 0;
  for (int round = 0; round < 300; ++round) {
    const std::vector<int8_t> x = RandomRow(random, 2 + random() % 1000);
    const size_t n = x.size();
    const float scale = 0.001F * static_cast<float>(1 + random() % 200);
    const int zero = static_cast<int>(random() % 256) - 128;
    std::vector<float> gamma(n);
    std::vector<float> beta(n);
    for (float& g : gamma) g = static_cast<float>(static_cast<int>(random() % 2000) - 1000) / 500;
    for (float& b : beta) b = static_cast<float>(static_cast<int>(random() % 2000) - 1000) / 500;
    const NormalizeParameters p = MakeNormalize(scale, zero, 0.05F, -7, 1e-5, gamma, beta);
    std::vector<int8_t> y(n);
    NormalizeRow(x.data(), static_cast<int64_t>(n), p, y.data());
    double mean = 0;
    for (const int8_t v : x) mean += double{scale} * (v - zero) / static_cast<double>(n);
    double variance = 0;
    for (const int8_t v : x)
      variance += std::pow(double{scale} * (v - zero) - mean, 2) / static_cast<double>(n);
    for (size_t i = 0; i < n; ++i, ++values) {
      const double normalized =
          (double{scale} * (x[i] - zero) - mean) / std::sqrt(variance + double{1e-5});
      const double exact = (normalized * gamma[i] + beta[i]) / double{0.05F} - 7;
      const double held = std::clamp(exact, -128.0, 127.0);
      EXPECT_LE(std::abs(y[i] - held), 0.5005) << exact;
      differ += std::nearbyint(held) != y[i] ? 1 : 0;
    }
  }
  EXPECT_LE(differ, values / 10'000);
}

/// The widest rows, the largest deviations and parameters: nothing overflows.
TEST(Normalize, Extremes) {
  constexpr size_t kMost = 65535;
  std::vector<int8_t> x(kMost, -128);
  x.back() = 127;
  const std::vector<float> gamma(kMost, 1e6F);
  const std::vector<float> beta(kMost, -1e6F);
  for (const float scale : {1e-6F, 1.0F, 1e6F}) {
    const NormalizeParameters p = MakeNormalize(scale, -128, 1e-6F, 0, 1e30, gamma, beta);
    std::vector<int8_t> y(kMost);
    NormalizeRow(x.data(), kMost, p, y.data());
    EXPECT_EQ(y.front(), -128);
  }
  const NormalizeParameters p =
      MakeNormalize(1, 0, 1, 0, 0, std::vector<float>(kMost, 0.5F), std::vector<float>(kMost, 0));
  std::vector<int8_t> y(kMost);
  NormalizeRow(x.data(), kMost, p, y.data());
  EXPECT_EQ(y.back(), 127);  // sqrt(65534) / 2 = 128.0, saturated.
  EXPECT_EQ(y.front(), 0);   // -0.002
}

TEST(AreValid, WhatIsMadeIsAndWhatCouldOverflowIsNot) {
  const SoftmaxParameters softmax = MakeSoftmax(0.1F, 1 / 256.0F, -128);
  EXPECT_TRUE(AreValid(softmax));
  EXPECT_FALSE(AreValid(MakeSoftmax(0.1F, 2, 0)));  // No probability reaches a step.
  SoftmaxParameters changed = softmax;
  changed.exponentials[7] = (1U << 24U) + 1;
  EXPECT_FALSE(AreValid(changed));
  changed = softmax;
  changed.exponentials[0] = 0;
  EXPECT_FALSE(AreValid(changed));
  const NormalizeParameters norm = MakeNormalize(1, 0, 1, 0, 1e30, {1}, {1});
  EXPECT_TRUE(AreValid(norm));
  for (int field = 0; field < 4; ++field) {
    NormalizeParameters wrong = norm;
    if (field == 0) wrong.shift = 63;
    if (field == 1) wrong.epsilon = -1;
    if (field == 2) wrong.clamp = {1, 0};
    if (field == 3) wrong.offset[0] = INT64_MIN;
    EXPECT_FALSE(AreValid(wrong)) << field;
  }
}

TEST(ExtremeIndex, FirstAndLastOfEqualValues) {
  const int8_t x[] = {3, -5, 7, 7, -5};
  EXPECT_EQ(ExtremeIndex(x, 5, false, false), 2);
  EXPECT_EQ(ExtremeIndex(x, 5, false, true), 3);
  EXPECT_EQ(ExtremeIndex(x, 5, true, false), 1);
  EXPECT_EQ(ExtremeIndex(x, 5, true, true), 4);
}

TEST(DividedBy, Signs) {
  const Requantizer half = MakeRequantizer(0.5F);
  EXPECT_EQ(DividedBy(10, 2, half), 5);
  EXPECT_EQ(DividedBy(-10, 2, half), -5);
  EXPECT_EQ(DividedBy(10, -2, half), -5);
  EXPECT_EQ(DividedBy(-10, -2, half), 5);
  EXPECT_EQ(DividedBy(0, 0, {}), 0);
  EXPECT_GT(DividedBy(1, 0, {}), 1000);
  EXPECT_LT(DividedBy(-1, 0, {}), -1000);
}

}  // namespace
}  // namespace imcc
