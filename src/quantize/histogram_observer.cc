// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/histogram_observer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "quantize/find_extremes.h"

namespace imcc {
namespace {

constexpr double kUpsample = 128;  // Cells of the fine grid per old bin.
constexpr int kSteps = 256;        // Of the quantised range.
constexpr float kLargest = 1e37F;  // Differences and grids of larger values would overflow.

/// Values of an old histogram that lie in bins of a new one. On the fine grid, old bins are
/// kUpsample cells wide and start at cell `start`; new bins are `downsample` cells wide.
std::vector<float> Resample(const std::vector<float>& old, double start, double downsample) {
  std::vector<float> result(kHistogramBins);
  double sum = 0;  // Over whole old bins before the cell.
  int whole = 0;
  double before = 0;
  for (int bin = 0; bin < kHistogramBins; ++bin) {
    const double cell = (bin + 1) * downsample - start;
    while (whole < kHistogramBins && (whole + 1) * kUpsample <= cell)
      sum += kUpsample * static_cast<double>(old[static_cast<size_t>(whole++)]);
    double integral = sum;
    if (whole < kHistogramBins && cell > whole * kUpsample)
      integral += (cell - whole * kUpsample) * static_cast<double>(old[static_cast<size_t>(whole)]);
    result[static_cast<size_t>(bin)] = static_cast<float>((integral - before) / kUpsample);
    before = static_cast<double>(static_cast<float>(integral));  // A float tensor in PyTorch.
  }
  return result;
}

float Cube(float x) { return x * x * x; }

/// Integral of x^2 over [begin, end], times the density.
float Norm(float begin, float end, float density) {
  return density * ((Cube(end) - Cube(begin)) / 3.0F);
}

/// The step a position falls into: floor(position / width) in [0, kSteps). Quotients of floats
/// never round up to an integer in double, so this is PyTorch's exact floor division.
float StepOf(float position, double width) {
  const double quotient = static_cast<double>(position) / width;
  return static_cast<float>(
      static_cast<int32_t>(std::clamp(quotient, 0.0, static_cast<double>(kSteps - 1))));
}

}  // namespace

Interval<float> HistogramObserver::EdgesOf(float min, float max) const {
  if (edges_ == Edges::kWhole) return {std::trunc(min), std::trunc(max)};
  return {min, max};
}

void HistogramObserver::Count(const float* values, int64_t count, Interval<float> batch, float min,
                              float max) {
  Interval<float> edges = EdgesOf(min, max);
  // torch.histc then takes the values' own range, and widens it if need be.
  if (edges.begin == edges.end) edges = batch;
  if (edges.begin == edges.end) edges = {edges.begin - 1, edges.end + 1};
  CountBins(values, count, edges, batch, counts_.data());
}

bool HistogramObserver::Observe(const float* values, int64_t count) {
  if (count == 0 || CountInside(values, count)) return true;
  const Extremes extremes = FindExtremes(values, count);
  if (!extremes.finite) return false;
  const Interval<float> batch = extremes.range;
  if (histogram_.empty() || min_ == max_) {
    min_ = std::clamp(batch.begin, -kLargest, kLargest);
    max_ = std::clamp(batch.end, -kLargest, kLargest);
    Count(values, count, batch, min_, max_);
    histogram_ = counts_;
  } else {
    Grow(values, count, batch);
  }
  return true;
}

HistogramObserver::Bins HistogramObserver::Widen(Interval<float> batch) const {
  const float min = std::min(min_, std::clamp(batch.begin, -kLargest, kLargest));
  const float max = std::max(max_, std::clamp(batch.end, -kLargest, kLargest));
  const float cell = (max_ - min_) / (kHistogramBins * static_cast<float>(kUpsample));
  // The new bins are a whole number of cells wide; the right edge gives way, so that one-sided
  // distributions keep their zero.
  const float downsample = std::ceil((max - min) / (kHistogramBins * cell));
  if (!std::isfinite(downsample)) return {min, max, 0, downsample};
  return {min, max + (downsample * (kHistogramBins * cell) - (max - min)),
          std::nearbyint((min_ - min) / cell), downsample};
}

bool HistogramObserver::CountInside(const float* values, int64_t count) {
  if (histogram_.empty() || min_ == max_) return false;
  const Interval<float> inside = {min_, max_};
  const Bins bins = Widen(inside);
  const Interval<float> edges = EdgesOf(bins.min, bins.max);
  if (!std::isfinite(bins.downsample) || edges.begin == edges.end) return false;
  if (!CountBins(values, count, edges, inside, counts_.data())) return false;
  Merge(bins);
  return true;
}

void HistogramObserver::Grow(const float* values, int64_t count, Interval<float> batch) {
  const Bins bins = Widen(batch);
  Count(values, count, batch, bins.min, bins.max);
  if (std::isfinite(bins.downsample))
    Merge(bins);
  else
    Restart(bins);
}

void HistogramObserver::Merge(const Bins& bins) {
  if (bins.min != min_ || bins.max != max_)
    histogram_ =
        Resample(histogram_, static_cast<double>(bins.start), static_cast<double>(bins.downsample));
  for (size_t bin = 0; bin < kHistogramBins; ++bin) histogram_[bin] += counts_[bin];
  min_ = bins.min;
  max_ = bins.max;
}

void HistogramObserver::Restart(const Bins& bins) {
  double total = 0;
  for (const float old : histogram_) total += static_cast<double>(old);
  const float bin =
      (min_ - bins.min) * (static_cast<float>(kHistogramBins) / (bins.max - bins.min));
  histogram_ = counts_;
  histogram_[bin > 0 ? static_cast<size_t>(std::min(bin, kHistogramBins - 1.0F)) : 0] +=
      static_cast<float>(total);
  min_ = bins.min;
  max_ = bins.max;
}

double HistogramObserver::Error(int start, int end) const {
  const double bin_width = (static_cast<double>(max_) - static_cast<double>(min_)) / kHistogramBins;
  const double step = bin_width * (end - start + 1) / kSteps;
  if (step == 0) return 0;
  const auto width = static_cast<float>(bin_width);
  const auto step_width = static_cast<float>(step);
  const auto half = static_cast<float>(step / 2);
  double sum = 0;
  for (int bin = 0; bin < kHistogramBins; ++bin) {
    const float begin = static_cast<float>(bin - start) * width;
    const float stop = begin + width;
    const float step_of_begin = StepOf(begin, static_cast<double>(step_width));
    const float step_of_end = StepOf(stop, static_cast<double>(step_width));
    const float density = histogram_[static_cast<size_t>(bin)] / width;
    float norm = Norm(begin - (step_of_begin + 0.5F) * step_width, half, density);
    norm += (step_of_end - step_of_begin - 1.0F) * Norm(-half, half, density);
    norm += Norm(-half, stop - (step_of_end * step_width + half), density);
    sum += static_cast<double>(norm);
  }
  return static_cast<double>(static_cast<float>(sum));
}

double HistogramObserver::Loss(Interval<float> range) const {
  const float bin_width = (max_ - min_) / kHistogramBins;
  if (!(bin_width > 0)) return 0;
  return Error(static_cast<int>(std::lround((range.begin - min_) / bin_width)),
               static_cast<int>(std::lround((range.end - min_) / bin_width)) - 1);
}

Interval<float> HistogramObserver::Range() const {
  if (histogram_.empty()) return {0, 0};
  std::vector<float> cumulative;
  double total = 0;
  for (const float count : histogram_) {
    total += static_cast<double>(count);
    cumulative.push_back(static_cast<float>(total));
  }
  total = static_cast<double>(static_cast<float>(total));  // torch.sum of floats.
  constexpr double kStepSize = 1e-5;
  double alpha = 0;
  double beta = 1;
  int start = 0;
  int end = kHistogramBins - 1;
  double least = std::numeric_limits<double>::infinity();
  while (alpha < beta) {
    const double next_alpha = alpha + kStepSize;
    const double next_beta = beta - kStepSize;
    const auto low = static_cast<float>(next_alpha * total);
    const auto high = static_cast<float>(next_beta * total);
    int l = start;
    int r = end;
    while (l < end && cumulative[static_cast<size_t>(l)] < low) ++l;
    while (r > start && cumulative[static_cast<size_t>(r)] > high) --r;
    const bool move_start = l - start > end - r;
    (move_start ? alpha : beta) = move_start ? next_alpha : next_beta;
    const int next_start = move_start ? l : start;
    const int next_end = move_start ? end : r;
    if (next_start == start && next_end == end) continue;
    const double error = Error(next_start, next_end);
    if (error > least) break;
    least = error;
    start = next_start;
    end = next_end;
  }
  const float bin_width = (max_ - min_) / kHistogramBins;
  return {min_ + bin_width * static_cast<float>(start),
          min_ + bin_width * static_cast<float>(end + 1)};
}

}  // namespace imcc
