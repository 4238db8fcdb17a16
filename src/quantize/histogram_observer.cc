// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/histogram_observer.h"

#include "quantize/choose_range.h"
#include "quantize/grid_error.h"
#include "quantize/search_range.h"

namespace imcc {

Interval<float> HistogramObserver::Range() const { return ChooseRange(histogram_); }

double HistogramObserver::ClippedShare(Interval<float> range) const {
  return FindClippedShare(histogram_, range);
}

double HistogramObserver::Loss(Interval<float> range) const {
  return SearchError(histogram_, range);
}

}  // namespace imcc
