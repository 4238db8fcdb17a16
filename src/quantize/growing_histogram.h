// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "base/units.h"
#include "quantize/count_bins.h"

namespace imcc {

/// A histogram of kHistogramBins bins whose edges grow with the batches, as in the
/// HistogramObserver of PyTorch 2.0 to 2.3 (torch/ao/quantization/observer.py): old bins are cut
/// into 128 cells, and a new bin is as few whole cells as reach over all values. PyTorch forgets
/// what it saw while all values are equal (or within 1e-6); here nothing is ever forgotten.
class GrowingHistogram {
 public:
  /// False if a value is infinite or NaN; then the histogram is of no more use.
  bool Add(const float* values, int64_t count);

  /// Smallest and largest value; [inf, -inf] of none.
  const Interval<float>& seen() const { return seen_; }
  /// Values by bin; empty while all are equal.
  const std::vector<double>& bins() const { return bins_; }
  /// Of the first and the last bin. The last may reach beyond what was seen.
  const Interval<float>& edges() const { return edges_; }
  double BinWidth() const;

 private:
  /// Counts a batch in one pass, if it widens nothing.
  bool AddInside(const float* values, int64_t count);
  /// Makes bins over what was seen; all `equal_` old values are the same.
  void Start(float old);
  void Widen();

  Interval<float> seen_ = {std::numeric_limits<float>::infinity(),
                           -std::numeric_limits<float>::infinity()};
  Interval<float> edges_ = {0, 0};
  std::vector<double> bins_;
  int64_t equal_ = 0;                                               // Values before there are bins.
  std::vector<float> counts_ = std::vector<float>(kHistogramBins);  // Of the batch at hand.
};

}  // namespace imcc
