// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/growing_histogram.h"

#include <gtest/gtest.h>

#include <numeric>

namespace imcc {
namespace {

using Batch = std::vector<float>;

GrowingHistogram GrownOver(const std::vector<Batch>& batches) {
  GrowingHistogram histogram;
  for (const Batch& batch : batches)
    EXPECT_TRUE(histogram.Add(batch.data(), static_cast<int64_t>(batch.size())));
  return histogram;
}

double Total(const GrowingHistogram& histogram) {
  return std::accumulate(histogram.bins().begin(), histogram.bins().end(), 0.0);
}

TEST(GrowingHistogram, CountsEveryValueOfTheFirstBatch) {
  const GrowingHistogram histogram = GrownOver({{0, 0.5F, 18.8F, 18.8F}});
  EXPECT_EQ(histogram.edges(), (Interval<float>{0, 18.8F}));
  EXPECT_EQ(histogram.bins().front(), 1);
  EXPECT_EQ(histogram.bins()[54], 1);  // 0.5 / 18.8 * 2048 = 54.5
  EXPECT_EQ(histogram.bins().back(), 2);
}

// The range doubles: bins of 128 cells become bins of 256, two old ones in each.
TEST(GrowingHistogram, OldBinsAreMergedWhereTheRangeDoubles) {
  const GrowingHistogram histogram = GrownOver({{0, 1, 1024.5F, 2048}, {4096}});
  EXPECT_EQ(histogram.edges(), (Interval<float>{0, 4096}));
  EXPECT_EQ(histogram.bins()[0], 2);
  EXPECT_EQ(histogram.bins()[512], 1);
  EXPECT_EQ(histogram.bins()[1023], 1);
  EXPECT_EQ(histogram.bins()[2047], 1);
}

// 1.001 of the range is 128.128 cells a bin: 129 are taken, and the last bin reaches farther.
TEST(GrowingHistogram, BinsAreWholeCellsAndTheRightEdgeGivesWay) {
  const GrowingHistogram histogram = GrownOver({{0, 1000}, {1001}});
  EXPECT_EQ(histogram.edges().begin, 0);
  EXPECT_FLOAT_EQ(histogram.edges().end, 1000 * 129.0F / 128);
  EXPECT_EQ(histogram.seen(), (Interval<float>{0, 1001}));
  EXPECT_EQ(Total(histogram), 3);
}

TEST(GrowingHistogram, ANewExtremeWithinTheLastBinIsSeen) {
  EXPECT_EQ(GrownOver({{0, 1000}, {1001}, {1002}}).seen(), (Interval<float>{0, 1002}));
}

TEST(GrowingHistogram, EqualValuesAreKeptUntilThereAreBins) {
  EXPECT_TRUE(GrownOver({{3, 3}, {3}}).bins().empty());
  const GrowingHistogram histogram = GrownOver({{3, 3}, {3}, {-1, 7}, {3}});
  EXPECT_EQ(histogram.edges(), (Interval<float>{-1, 7}));
  EXPECT_EQ(histogram.bins()[1024], 4);
  EXPECT_EQ(Total(histogram), 6);
}

TEST(GrowingHistogram, NoValueIsLostHoweverTheRangeGrows) {
  const GrowingHistogram histogram =
      GrownOver({{1e-7F, 2e-7F, 0}, {-3, 4}, {5, 5}, {-1000}, {1e-9F}, {2e6F, -8e6F}});
  EXPECT_NEAR(Total(histogram), 11, 1e-9);
  EXPECT_EQ(histogram.seen(), (Interval<float>{-8e6F, 2e6F}));
}

TEST(GrowingHistogram, RefusesWhatIsNotFinite) {
  GrowingHistogram histogram = GrownOver({{1, 2}});
  const float infinite = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(histogram.Add(&infinite, 1));
}

}  // namespace
}  // namespace imcc
