// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/search_range.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace imcc {
namespace {

constexpr int kSteps = 256;  // Of the quantised range.

double Cube(double x) { return x * x * x; }

/// Integral of x^2 over [begin, end].
double Norm(double begin, double end) { return (Cube(end) - Cube(begin)) / 3; }

/// L2 error, over the width of a bin cubed, of putting the histogram into the steps that cover bins
/// [start, end]. Values are spread evenly over their bin. Positions are in bins.
double ErrorOf(const std::vector<double>& bins, int start, int end) {
  const double step = static_cast<double>(end - start + 1) / kSteps;
  const double half = step / 2;
  const auto step_at = [&](double position) {
    return static_cast<double>(
        static_cast<int>(std::clamp(position / step, 0.0, static_cast<double>(kSteps - 1))));
  };
  double sum = 0;
  double step_of_begin = step_at(-start);
  for (int bin = 0; bin < kHistogramBins; ++bin) {
    const double begin = bin - start;
    const double step_of_end = step_at(begin + 1);
    const double norm = Norm(begin - (step_of_begin * step + half), half) +
                        (step_of_end - step_of_begin - 1) * Norm(-half, half) +
                        Norm(-half, begin + 1 - (step_of_end * step + half));
    sum += bins[static_cast<size_t>(bin)] * norm;
    step_of_begin = step_of_end;
  }
  return sum;
}

}  // namespace

Interval<float> SearchRange(const GrowingHistogram& histogram) {
  const std::vector<double>& bins = histogram.bins();
  if (bins.empty()) return histogram.seen();
  std::vector<double> cumulative;
  double total = 0;
  for (const double count : bins) cumulative.push_back(total += count);
  constexpr double kStepSize = 1e-5;
  double alpha = 0;
  double beta = 1;
  int start = 0;
  int end = kHistogramBins - 1;
  double least = std::numeric_limits<double>::infinity();
  while (alpha < beta) {
    const double next_alpha = alpha + kStepSize;
    const double next_beta = beta - kStepSize;
    int l = start;
    int r = end;
    while (l < end && cumulative[static_cast<size_t>(l)] < next_alpha * total) ++l;
    while (r > start && cumulative[static_cast<size_t>(r)] > next_beta * total) --r;
    const bool move_start = l - start > end - r;
    (move_start ? alpha : beta) = move_start ? next_alpha : next_beta;
    const int next_start = move_start ? l : start;
    const int next_end = move_start ? end : r;
    if (next_start == start && next_end == end) continue;
    const double error = ErrorOf(bins, next_start, next_end);
    if (error > least) break;
    least = error;
    start = next_start;
    end = next_end;
  }
  const double width = histogram.BinWidth();
  const double low = static_cast<double>(histogram.edges().begin);
  return Common(histogram.seen(), {static_cast<float>(low + width * start),
                                   static_cast<float>(low + width * (end + 1))});
}

double SearchError(const GrowingHistogram& histogram, Interval<float> range) {
  const double width = histogram.BinWidth();
  if (histogram.bins().empty()) return 0;
  const auto bin_at = [&](float edge) {
    return static_cast<int>(std::lround(
        (static_cast<double>(edge) - static_cast<double>(histogram.edges().begin)) / width));
  };
  return ErrorOf(histogram.bins(), bin_at(range.begin), bin_at(range.end) - 1);
}

}  // namespace imcc
