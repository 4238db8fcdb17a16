// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/grid_error.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

/// Bins of width 1 whose centres are halves; values stand at centres.
GrowingHistogram AtCenters(std::vector<float> values) {
  values.insert(values.end(), {0, 2048});
  GrowingHistogram histogram;
  histogram.Add(values.data(), static_cast<int64_t>(values.size()));
  return histogram;
}

TEST(GridError, RoundingIsUniformFromHalfAStepOn) {
  // Steps of 8: 100.5 is rounded; 0 is exact, 2.5 becomes 0, and 2048 (at 2047.5) is clipped.
  const GridError error = FindGridError(AtCenters({100.5F, 2.5F}), {0, 2040});
  EXPECT_DOUBLE_EQ(error.rounding, 2 * 64.0 / 12 + 2.5 * 2.5);
  EXPECT_DOUBLE_EQ(error.clipping, 7.5 * 7.5);
  EXPECT_DOUBLE_EQ(error.loss(), error.rounding + 2 * error.clipping);
}

TEST(GridError, TheGridReachesToZero) {
  EXPECT_EQ(FindGridError(AtCenters({100.5F}), {1000, 2040}).rounding,
            FindGridError(AtCenters({100.5F}), {0, 2040}).rounding);
  EXPECT_EQ(FindGridError(AtCenters({100.5F}), {1000, 2040}).clipping, 7.5 * 7.5);
}

TEST(GridError, HalfAStepOutsideIsNotClipped) {
  // Steps of 4, up to 1020.
  const GrowingHistogram histogram = AtCenters({1021.5F, 1023.5F});
  EXPECT_DOUBLE_EQ(FindClippedShare(histogram, {0, 1020}), 2.0 / 4);  // 1023.5 and 2048.
}

}  // namespace
}  // namespace imcc
