// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/min_max_observer.h"

#include <algorithm>

#include "quantize/find_extremes.h"

namespace imcc {

bool MinMaxObserver::Observe(const float* values, int64_t count) {
  const Extremes batch = FindExtremes(values, count);
  min_ = std::min(min_, batch.range.begin);
  max_ = std::max(max_, batch.range.end);
  return batch.finite;
}

Interval<float> MinMaxObserver::Range() const {
  return min_ > max_ ? Interval<float>{0, 0} : Interval<float>{min_, max_};
}

}  // namespace imcc
