// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/choose_range.h"

#include <gtest/gtest.h>

#include "quantize/grid_error.h"
#include "quantize/search_range.h"

namespace imcc {
namespace {

/// `count` values evenly over the range.
void Fill(std::vector<float>& values, int count, float begin, float end) {
  for (int i = 0; i < count; ++i)
    values.push_back(begin +
                     (end - begin) * (static_cast<float>(i) + 0.5F) / static_cast<float>(count));
}

GrowingHistogram HistogramOf(const std::vector<float>& values) {
  GrowingHistogram histogram;
  histogram.Add(values.data(), static_cast<int64_t>(values.size()));
  return histogram;
}

double LossOf(const GrowingHistogram& histogram, Interval<float> range) {
  return FindGridError(histogram, range).loss();
}

TEST(ChooseRange, AllValuesWhereNothingPays) {
  std::vector<float> values;
  Fill(values, 20'000, -3, 5);
  const GrowingHistogram histogram = HistogramOf(values);
  EXPECT_EQ(ChooseRange(histogram), histogram.seen());
}

// A ReLU's zeros are exact on the grid, and PyTorch takes each for half a step wrong: the more
// there are, the more it clips.
TEST(ChooseRange, ZerosAreNoReasonToClip) {
  std::vector<float> values(400'000, 0.0F);
  Fill(values, 20'000, 0, 1);
  Fill(values, 200, 1, 1.6F);
  const GrowingHistogram histogram = HistogramOf(values);
  const Interval<float> chosen = ChooseRange(histogram);
  const Interval<float> searched = SearchRange(histogram);
  EXPECT_LT(searched.end, chosen.end);
  EXPECT_GT(LossOf(histogram, searched), LossOf(histogram, chosen));
}

TEST(ChooseRange, IsNeverMuchWorseThanAnyRangeNorThanAllValues) {
  std::vector<float> values(1000, 0.0F);
  Fill(values, 50'000, -1, 1);
  Fill(values, 50, 1, 40);
  Fill(values, 20, -9, -1);
  const GrowingHistogram histogram = HistogramOf(values);
  const double chosen = LossOf(histogram, ChooseRange(histogram));
  EXPECT_LE(chosen, LossOf(histogram, histogram.seen()));
  for (float low = -9; low < 0; low += 0.5F)
    for (float high = 1; high < 40; high += 0.5F)
      EXPECT_LE(chosen, LossOf(histogram, {low, high}) * 1.3) << low << " " << high;
}

}  // namespace
}  // namespace imcc
