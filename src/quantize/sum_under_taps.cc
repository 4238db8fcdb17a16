// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/sum_under_taps.h"

#include <algorithm>

namespace imcc {

Interval<int64_t> RowTaps::Inside(int64_t tap) const {
  const int64_t before = std::max<int64_t>(left - tap * dilation, 0);
  const int64_t last = width - 1 + left - tap * dilation;
  const int64_t end = last < 0 ? 0 : std::min(last / stride + 1, outputs);
  return {std::min(CeilDiv(before, stride), end), end};
}

int64_t RowTaps::scratch() const {
  constexpr int64_t kBlock = 16;     // Channels that the vector kernel keeps of all pixels,
  constexpr int64_t kAlignment = 8;  // on a cache line.
  return std::max(channels, width * kBlock + kAlignment);
}

void SumUnderTapsScalar(const float* row, const RowTaps& taps, std::span<double> scratch,
                        std::span<double* const> targets) {
  const auto channels = static_cast<size_t>(taps.channels);
  const std::span<double> sums = scratch.first(channels);
  for (int64_t tap = 0; tap < taps.taps; ++tap) {
    std::fill(sums.begin(), sums.end(), 0.0);
    const Interval<int64_t> inside = taps.Inside(tap);
    for (int64_t output = inside.begin; output < inside.end; ++output) {
      const float* const pixel = row + taps.Pixel(tap, output) * taps.channels;
      for (size_t c = 0; c < channels; ++c) sums[c] += static_cast<double>(pixel[c]);
    }
    for (double* const target : targets) {
      for (size_t c = 0; c < channels; ++c)
        target[static_cast<size_t>(tap) * channels + c] += sums[c];
    }
  }
}

void SumUnderTaps(const float* row, const RowTaps& taps, std::span<double> scratch,
                  std::span<double* const> targets, KernelSet set) {
#ifdef IMCC_X86_KERNELS
  if (set == KernelSet::kAvx512Vnni) return SumUnderTapsAvx512(row, taps, scratch, targets);
#else
  (void)set;
#endif
  SumUnderTapsScalar(row, taps, scratch, targets);
}

}  // namespace imcc
