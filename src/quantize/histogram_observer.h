// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "quantize/growing_histogram.h"
#include "quantize/observer.h"

namespace imcc {

/// After the HistogramObserver of PyTorch 2.x (torch/ao/quantization/observer.py): a histogram of
/// 2048 bins over all values, and a search for the range that loses least in the L2 sense when its
/// values are put into 256 steps. Not followed where it is wrong itself: it forgets batches
/// (GrowingHistogram) and its error is not that of the int8 grid (ChooseRange).
class HistogramObserver : public Observer {
 public:
  bool Observe(const float* values, int64_t count) override {
    return histogram_.Add(values, count);
  }
  Interval<float> Range() const override;
  double ClippedShare(Interval<float> range) const override;
  /// PyTorch's L2 error of a range, which is rounded to bins: what its search makes small.
  double Loss(Interval<float> range) const;

  const GrowingHistogram& histogram() const { return histogram_; }

 private:
  GrowingHistogram histogram_;
};

}  // namespace imcc
