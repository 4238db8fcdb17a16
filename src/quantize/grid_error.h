// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/units.h"
#include "quantize/growing_histogram.h"

namespace imcc {

/// What int8 over a range does to the values of a histogram: sums of squared errors.
struct GridError {
  double rounding = 0;
  double clipping = 0;

  /// The smaller, the better the range. Errors of rounding are independent of each other and cancel
  /// in what sums over a tensor; those of clipping have one sign and fall on the same channels and
  /// samples, and add up; so they count twice (benchmarks/accuracy says what else was tried).
  double loss() const { return rounding + 2 * clipping; }
};

/// Errors on the grid that ChooseQuantization makes of the range: it covers zero in 255 steps, and
/// zero itself is exact. Rounding is taken for uniform, so that where the grid happens to lie does
/// not matter.
GridError FindGridError(const GrowingHistogram& histogram, Interval<float> range);

/// Share of the values that are more than half a step outside that grid.
double FindClippedShare(const GrowingHistogram& histogram, Interval<float> range);

}  // namespace imcc
