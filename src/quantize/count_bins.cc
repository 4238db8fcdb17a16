// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/count_bins.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "quantize/find_extremes.h"

namespace imcc {
namespace {

#ifdef IMCC_X86_KERNELS
/// The vector kernel multiplies by 2048 / range and has 32 bits for a count.
bool SuitsAvx512(int64_t count, Interval<float> edges) {
  constexpr float kSmall = 1e-30F;
  constexpr float kLarge = 1e30F;
  const float range = edges.end - edges.begin;
  return __builtin_cpu_supports("avx512vbmi2") && range > kSmall && range < kLarge &&
         count <= std::numeric_limits<int32_t>::max();
}
#endif

}  // namespace

bool CountBinsScalar(const float* values, int64_t count, Interval<float> edges,
                     Interval<float> expected, float* histogram) {
  const Extremes extremes = FindExtremesScalar(values, count);
  if (!extremes.finite || extremes.range.begin < expected.begin ||
      extremes.range.end > expected.end)
    return false;
  constexpr int64_t kChunk = 1024;
  constexpr int kTables = 4;  // Equal neighbours (zeros) would wait for each other's increment.
  const float lo = edges.begin;
  const float hi = edges.end;
  const float range = hi - lo;
  std::vector<uint32_t> counts(kTables * (kHistogramBins + 1));
  int32_t bins[kChunk];
  for (int64_t begin = 0; begin < count; begin += kChunk) {
    const int64_t size = std::min(kChunk, count - begin);
    const float* chunk = values + begin;
    // Selections instead of branches, so that the compiler vectorises.
    for (int64_t i = 0; i < size; ++i) {
      const float position = (chunk[i] - lo) * kHistogramBins / range;
      // Denormal ranges make 0 / 0 or infinity here; !(a < b) sends NaN to the last bin.
      const float in_last = position < kHistogramBins ? position : kHistogramBins - 1;
      const float in_first = in_last > 0 ? in_last : 0;
      const float above = chunk[i] <= hi ? in_first : kHistogramBins;
      const float bin = chunk[i] >= lo ? above : kHistogramBins;
      bins[i] =
          static_cast<int32_t>(bin) + static_cast<int32_t>(i % kTables) * (kHistogramBins + 1);
    }
    for (int64_t i = 0; i < size; ++i) ++counts[static_cast<size_t>(bins[i])];
  }
  for (size_t bin = 0; bin < kHistogramBins; ++bin) {
    uint64_t sum = 0;
    for (size_t table = 0; table < kTables; ++table)
      sum += counts[table * (kHistogramBins + 1) + bin];
    histogram[bin] = static_cast<float>(sum);
  }
  return true;
}

bool CountBins(const float* values, int64_t count, Interval<float> edges, Interval<float> expected,
               float* histogram, KernelSet set) {
#ifdef IMCC_X86_KERNELS
  if (set == KernelSet::kAvx512Vnni && SuitsAvx512(count, edges))
    return CountBinsAvx512(values, count, edges, expected, histogram);
#else
  (void)set;
#endif
  return CountBinsScalar(values, count, edges, expected, histogram);
}

}  // namespace imcc
