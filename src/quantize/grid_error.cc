// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/grid_error.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace imcc {
namespace {

constexpr double kGridSteps = 255;

/// What int8 covers of the reals.
struct Grid {
  explicit Grid(Interval<float> range)
      : low(std::min(static_cast<double>(range.begin), 0.0)),
        high(std::max(static_cast<double>(range.end), 0.0)),
        step((high - low) / kGridSteps) {}

  /// How far outside; 0 inside.
  double Outside(double x) const { return x < low ? low - x : std::max(x - high, 0.0); }

  double low, high, step;
};

double CenterOf(const GrowingHistogram& histogram, size_t bin) {
  return static_cast<double>(histogram.edges().begin) +
         (static_cast<double>(bin) + 0.5) * histogram.BinWidth();
}

}  // namespace

GridError FindGridError(const GrowingHistogram& histogram, Interval<float> range) {
  const Grid grid(range);
  const double uniform = grid.step * grid.step / 12;
  GridError error;
  for (size_t bin = 0; bin < histogram.bins().size(); ++bin) {
    const double count = histogram.bins()[bin];
    const double x = CenterOf(histogram, bin);
    const double outside = grid.Outside(x);
    error.clipping += count * outside * outside;
    // Clipped values too: else a few would seem to gain by just falling outside.
    if (std::abs(x) >= grid.step / 2)
      error.rounding += count * uniform;
    else if (std::abs(x) > histogram.BinWidth() / 2)  // Else in the bin of zero.
      error.rounding += count * x * x;
  }
  return error;
}

double FindClippedShare(const GrowingHistogram& histogram, Interval<float> range) {
  const Grid grid(range);
  double clipped = 0;
  double total = 0;
  for (size_t bin = 0; bin < histogram.bins().size(); ++bin) {
    total += histogram.bins()[bin];
    if (grid.Outside(CenterOf(histogram, bin)) > grid.step / 2) clipped += histogram.bins()[bin];
  }
  return total > 0 ? clipped / total : 0;
}

}  // namespace imcc
