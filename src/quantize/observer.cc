// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/observer.h"

#include <algorithm>

namespace imcc {

Interval<float> MinMax(const float* values, int64_t count) {
  // Several lanes, because one running minimum is a chain of dependent instructions.
  constexpr int64_t kLanes = 16;
  float low[kLanes];
  float high[kLanes];
  for (int64_t lane = 0; lane < kLanes; ++lane) {
    low[lane] = std::numeric_limits<float>::infinity();
    high[lane] = -std::numeric_limits<float>::infinity();
  }
  const auto step = [&](int64_t lane, float value) {
    low[lane] = value < low[lane] ? value : low[lane];
    high[lane] = value > high[lane] ? value : high[lane];
  };
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) step(lane, values[i + lane]);
  }
  for (; i < count; ++i) step(0, values[i]);
  return {*std::min_element(low, low + kLanes), *std::max_element(high, high + kLanes)};
}

bool AllFinite(const float* values, int64_t count) {
  int bad = 0;
  for (int64_t i = 0; i < count; ++i) {
    const float zero = values[i] - values[i];  // NaN for infinities and NaN.
    bad |= static_cast<int>(zero != 0.0F);
  }
  return bad == 0;
}

}  // namespace imcc
