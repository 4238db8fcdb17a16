// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/find_extremes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace imcc {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

Extremes Of(const std::vector<float>& values, KernelSet set) {
  return FindExtremes(values.data(), static_cast<int64_t>(values.size()), set);
}

class FindExtremesOn : public ::testing::TestWithParam<KernelSet> {};

TEST_P(FindExtremesOn, ThemAtEveryPosition) {
  for (size_t count = 1; count < 80; ++count) {
    for (size_t at = 0; at < count; ++at) {
      std::vector<float> values(count, 1.0F);
      values[at] = 7;
      EXPECT_EQ(Of(values, GetParam()).range.end, 7);
      values[at] = -7;
      EXPECT_EQ(Of(values, GetParam()).range.begin, -7);
    }
  }
}

TEST_P(FindExtremesOn, OneBadValueAtEveryPosition) {
  for (const float bad : {std::nanf(""), kInfinity, -kInfinity}) {
    for (size_t at = 0; at < 100; ++at) {
      std::vector<float> values(100, 3e38F);
      EXPECT_TRUE(Of(values, GetParam()).finite);
      values[at] = bad;
      EXPECT_FALSE(Of(values, GetParam()).finite);
    }
  }
}

TEST_P(FindExtremesOn, NothingAndPositiveZeros) {
  EXPECT_EQ(Of({}, GetParam()).range, (Interval<float>{kInfinity, -kInfinity}));
  EXPECT_TRUE(Of({}, GetParam()).finite);
  for (const auto& values : {std::vector<float>{0.0F, -0.0F}, {-0.0F, 0.0F}, {-0.0F}}) {
    EXPECT_FALSE(std::signbit(Of(values, GetParam()).range.begin));
    EXPECT_FALSE(std::signbit(Of(values, GetParam()).range.end));
  }
}

INSTANTIATE_TEST_SUITE_P(EveryCpu, FindExtremesOn,
                         ::testing::Values(KernelSet::kScalar, BestKernelSet()));

}  // namespace
}  // namespace imcc
