// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/min_max_observer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace imcc {
namespace {

TEST(MinMaxObserver, KeepsTheExtremesOfAllBatches) {
  MinMaxObserver observer;
  EXPECT_EQ(observer.Range(), (Interval<float>{0, 0}));
  const std::vector<float> first = {3, 5};
  const std::vector<float> second = {4, -1};
  observer.Observe(first.data(), 2);
  EXPECT_EQ(observer.Range(), (Interval<float>{3, 5}));
  observer.Observe(second.data(), 2);
  EXPECT_EQ(observer.Range(), (Interval<float>{-1, 5}));
}

TEST(MinMax, FindsExtremesAtEveryPosition) {
  for (size_t count = 1; count < 40; ++count) {
    for (size_t at = 0; at < count; ++at) {
      std::vector<float> values(count, 1.0F);
      values[at] = 7;
      EXPECT_EQ(MinMax(values.data(), static_cast<int64_t>(count)).end, 7);
      values[at] = -7;
      EXPECT_EQ(MinMax(values.data(), static_cast<int64_t>(count)).begin, -7);
    }
  }
}

TEST(AllFinite, FindsOneBadValue) {
  for (const float bad : {std::nanf(""), INFINITY, -INFINITY}) {
    std::vector<float> values(100, 3e38F);
    EXPECT_TRUE(AllFinite(values.data(), 100));
    values[57] = bad;
    EXPECT_FALSE(AllFinite(values.data(), 100));
  }
}

}  // namespace
}  // namespace imcc
