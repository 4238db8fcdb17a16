// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <vector>

#include "quantize/count_bins.h"
#include "quantize/observer.h"

namespace imcc {

/// PyTorch 1.13's HistogramObserver (torch/ao/quantization/observer.py of Debian 12): a histogram
/// of 2048 bins whose range grows with the batches, and a search for the range that loses least in
/// the L2 sense when its values are put into 256 steps. Sums are in the precision PyTorch uses.
class HistogramObserver : public Observer {
 public:
  /// 1.13 passes the edges of the range to torch.histc through int(), so that it counts only
  /// values between the whole numbers inside the range, yet spreads the bins over the whole range.
  /// PyTorch 2.0 dropped the int(). kWhole does as 1.13, the pinned version; kExact as 2.0. On
  /// the shared networks neither is better by more than chance.
  enum class Edges { kExact, kWhole };

  explicit HistogramObserver(Edges edges = Edges::kWhole) : edges_(edges) {}

  bool Observe(const float* values, int64_t count) override;
  Interval<float> Range() const override;
  /// L2 error of putting all values seen into 256 steps over a range, which is rounded to bins:
  /// what Range() makes small.
  double Loss(Interval<float> range) const;

  static constexpr int kBins = kHistogramBins;

 private:
  /// The bins after a batch, and where the old ones lie among them.
  struct Bins {
    float min, max;
    float start;       // Of the old bins, in cells of the fine grid.
    float downsample;  // Cells a new bin; infinite if all old values fall into one of them.
  };

  Bins Widen(Interval<float> batch) const;
  /// Counts a batch in one pass, if it widens nothing.
  bool CountInside(const float* values, int64_t count);
  void Grow(const float* values, int64_t count, Interval<float> batch);
  /// Adds the counts to the histogram.
  void Merge(const Bins& bins);
  /// The same for infinite `downsample`.
  void Restart(const Bins& bins);
  /// torch.histc's range for whole bins.
  Interval<float> EdgesOf(float min, float max) const;
  void Count(const float* values, int64_t count, Interval<float> batch, float min, float max);
  /// L2 error of putting the histogram into the steps that cover bins [start, end].
  double Error(int start, int end) const;

  Edges edges_;
  float min_ = std::numeric_limits<float>::infinity();
  float max_ = -std::numeric_limits<float>::infinity();
  std::vector<float> histogram_;
  std::vector<float> counts_ = std::vector<float>(kBins);  // Of the batch at hand.
};

}  // namespace imcc
