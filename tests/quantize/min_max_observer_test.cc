// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/min_max_observer.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace imcc
