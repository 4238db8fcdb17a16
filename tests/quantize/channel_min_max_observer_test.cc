// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/channel_min_max_observer.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

TEST(ChannelMinMaxObserver, KeepsTheExtremesOfEveryChannel) {
  ChannelMinMaxObserver observer(2);
  EXPECT_EQ(observer.Range(), (Interval<float>{0, 0}));
  EXPECT_EQ(observer.ChannelRanges(), (std::vector<Interval<float>>{{0, 0}, {0, 0}}));
  const std::vector<float> first = {3, -5, 4, -7};
  const std::vector<float> second = {-1, -6};
  observer.Observe(first.data(), 4);
  observer.Observe(second.data(), 2);
  EXPECT_EQ(observer.ChannelRanges(), (std::vector<Interval<float>>{{-1, 4}, {-7, -5}}));
  EXPECT_EQ(observer.Range(), (Interval<float>{-7, 4}));
}

}  // namespace
}  // namespace imcc
