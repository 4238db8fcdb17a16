// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "reference/float_graph.h"

namespace imcc::testing {
namespace {

using ::testing::ElementsAre;

TEST(FloatPool, MaxNeverPicksThePadding) {
  const Window window{
      .kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2, .padding = {1, 1, 1, 1}};
  EXPECT_THAT(RunOne(OpKind::kMaxPool, {1, 2, 2, 1}, {-1, -2, -3, -4}, PoolAttributes{window}),
              ElementsAre(-1, -2, -3, -4));
}

TEST(FloatPool, MaxTakesEachChannelAlone) {
  const Window window{.kernel_h = 1, .kernel_w = 2};
  EXPECT_THAT(RunOne(OpKind::kMaxPool, {1, 1, 3, 2}, {1, 9, 5, 2, 3, 4}, PoolAttributes{window}),
              ElementsAre(5, 9, 5, 4));
}

TEST(FloatPool, MaxWithDilation) {
  const Window window{.kernel_w = 2, .dilation_w = 2, .padding = {.left = 1}};
  // Taps at -1,1 then 0,2 then 1,3.
  EXPECT_THAT(RunOne(OpKind::kMaxPool, {1, 1, 4, 1}, {9, 1, 7, 3}, PoolAttributes{window}),
              ElementsAre(1, 9, 3));
}

TEST(FloatPool, AverageDividesByTheTapsInsideUnlessToldOtherwise) {
  const Window window{.kernel_h = 2, .kernel_w = 2, .padding = {.top = 1, .left = 1}};
  const FloatValues x = {4, 8, 12, 16};
  EXPECT_THAT(RunOne(OpKind::kAveragePool, {1, 2, 2, 1}, x, PoolAttributes{window, false}),
              ElementsAre(4, 6, 8, 10));
  EXPECT_THAT(RunOne(OpKind::kAveragePool, {1, 2, 2, 1}, x, PoolAttributes{window, true}),
              ElementsAre(1, 3, 4, 10));
}

TEST(FloatPool, GlobalAverage) {
  const Window window{.kernel_h = 2, .kernel_w = 2};
  EXPECT_THAT(RunOne(OpKind::kAveragePool, {1, 2, 2, 2}, {1, 10, 2, 20, 3, 30, 6, 60},
                     PoolAttributes{window}),
              ElementsAre(3, 30));
}

TEST(FloatPool, EachImageOfABatchAlone) {
  const Window window{.kernel_w = 2};
  EXPECT_THAT(RunOne(OpKind::kMaxPool, {2, 1, 2, 1}, {1, 2, 4, 3}, PoolAttributes{window}),
              ElementsAre(2, 4));
}

}  // namespace
}  // namespace imcc::testing
