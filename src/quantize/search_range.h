// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/units.h"
#include "quantize/growing_histogram.h"

namespace imcc {

/// The range that PyTorch's HistogramObserver chooses (2.x, torch/ao/quantization/observer.py):
/// from the whole histogram inwards, a hundred thousandth of the values at a time, from the side
/// where that leaves out more bins, until the L2 error of putting all values into 256 steps grows.
/// Within what was seen.
Interval<float> SearchRange(const GrowingHistogram& histogram);

/// That error, for a range that is rounded to bins.
double SearchError(const GrowingHistogram& histogram, Interval<float> range);

}  // namespace imcc
