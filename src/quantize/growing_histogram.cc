// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/growing_histogram.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "quantize/find_extremes.h"

namespace imcc {
namespace {

constexpr double kCells = 128;          // Of the fine grid, per old bin.
constexpr float kFarthestEdge = 1e37F;  // Edges farther out would overflow in the counting kernels.

/// Edges of bins that hold such values.
Interval<float> EdgesFor(Interval<float> seen) {
  return {std::clamp(seen.begin, -kFarthestEdge, kFarthestEdge),
          std::clamp(seen.end, -kFarthestEdge, kFarthestEdge)};
}

/// Old bins put into new ones. On the fine grid, old bins are kCells cells wide and start at cell
/// `start`; new ones are `cells` wide. Values are spread evenly over their old bin.
std::vector<double> Resample(const std::vector<double>& old, double start, double cells) {
  std::vector<double> result;
  double sum = 0;  // Over whole old bins before the cell.
  size_t whole = 0;
  double before = 0;
  for (int bin = 0; bin < kHistogramBins; ++bin) {
    const double cell = (bin + 1) * cells - start;
    while (whole < old.size() && static_cast<double>(whole + 1) * kCells <= cell)
      sum += old[whole++];
    const double inside = cell - static_cast<double>(whole) * kCells;
    const double up_to =
        whole < old.size() && inside > 0 ? sum + inside / kCells * old[whole] : sum;
    result.push_back(up_to - before);
    before = up_to;
  }
  return result;
}

}  // namespace

double GrowingHistogram::BinWidth() const {
  return (static_cast<double>(edges_.end) - static_cast<double>(edges_.begin)) / kHistogramBins;
}

bool GrowingHistogram::AddInside(const float* values, int64_t count) {
  // Not the edges: what is seen for the first time beyond `seen_` is to be noted.
  if (bins_.empty() || !CountBins(values, count, edges_, seen_, counts_.data())) return false;
  for (size_t bin = 0; bin < bins_.size(); ++bin) bins_[bin] += static_cast<double>(counts_[bin]);
  return true;
}

bool GrowingHistogram::Add(const float* values, int64_t count) {
  if (count == 0 || AddInside(values, count)) return true;
  const Extremes batch = FindExtremes(values, count);
  if (!batch.finite) return false;
  const float old = seen_.begin;
  seen_ = {std::min(seen_.begin, batch.range.begin), std::max(seen_.end, batch.range.end)};
  const Interval<float> needed = EdgesFor(seen_);
  if (needed.begin == needed.end) {
    equal_ += count;
    return true;
  }
  if (bins_.empty())
    Start(old);
  else if (needed.begin < edges_.begin || needed.end > edges_.end)
    Widen();
  return AddInside(values, count);
}

void GrowingHistogram::Start(float old) {
  edges_ = EdgesFor(seen_);
  bins_.assign(kHistogramBins, 0);
  if (equal_ == 0) return;
  const double bin = (static_cast<double>(old) - static_cast<double>(edges_.begin)) / BinWidth();
  bins_[static_cast<size_t>(std::clamp(bin, 0.0, kHistogramBins - 1.0))] =
      static_cast<double>(equal_);
}

void GrowingHistogram::Widen() {
  const Interval<float> needed = EdgesFor(seen_);
  const double begin = std::min(needed.begin, edges_.begin);
  const double end = std::max(needed.end, edges_.end);
  const double cell = BinWidth() / kCells;
  // The right edge gives way, so that one-sided distributions keep their zero.
  const double cells = std::ceil((end - begin) / (kHistogramBins * cell));
  const double start = std::nearbyint((static_cast<double>(edges_.begin) - begin) / cell);
  bins_ = Resample(bins_, start, cells);
  const double reached = begin + cells * kHistogramBins * cell;
  edges_ = {static_cast<float>(begin), std::max(static_cast<float>(reached), needed.end)};
}

}  // namespace imcc
