// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/find_extremes.h"

#include <algorithm>
#include <limits>

namespace imcc {

Extremes FindExtremesScalar(const float* values, int64_t count) {
  // Several lanes, because one running minimum is a chain of dependent instructions.
  constexpr int64_t kLanes = 16;
  float low[kLanes];
  float high[kLanes];
  float zero[kLanes];  // NaN once a value was infinite or NaN.
  for (int64_t lane = 0; lane < kLanes; ++lane) {
    low[lane] = std::numeric_limits<float>::infinity();
    high[lane] = -std::numeric_limits<float>::infinity();
    zero[lane] = 0;
  }
  const auto step = [&](int64_t lane, float value) {
    low[lane] = value < low[lane] ? value : low[lane];
    high[lane] = value > high[lane] ? value : high[lane];
    zero[lane] += value - value;
  };
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) step(lane, values[i + lane]);
  }
  for (; i < count; ++i) step(0, values[i]);
  // -0 + 0 is 0: which of two zeros is the smaller one would depend on the lanes.
  return {
      {*std::min_element(low, low + kLanes) + 0.0F, *std::max_element(high, high + kLanes) + 0.0F},
      std::all_of(zero, zero + kLanes, [](float sum) { return sum == 0; })};
}

Extremes FindExtremes(const float* values, int64_t count, KernelSet set) {
#ifdef IMCC_X86_KERNELS
  if (set == KernelSet::kAvx512Vnni) return FindExtremesAvx512(values, count);
#else
  (void)set;
#endif
  return FindExtremesScalar(values, count);
}

}  // namespace imcc
