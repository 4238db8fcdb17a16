// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Compiled with -mavx512f; only called after a CPU check. Every sum is formed in the order of the
// portable version.
#include <immintrin.h>

#include "quantize/sum_under_taps.h"

namespace imcc {
namespace {

constexpr int64_t kLanes = 16;

/// Sums of kBlocks x 16 channels of a row, the last of which may be beyond its end. Two blocks at a
/// time where there are as many, since each addition to a chain waits for the one before.
template <int kBlocks>
class Sums {
 public:
  Sums(const float* row, int64_t channels, int64_t first_channel)
      : row_(row + first_channel), channels_(channels) {
    const int64_t last = channels - first_channel - (kBlocks - 1) * kLanes;
    if (last < kLanes) last_ = static_cast<__mmask16>((1U << last) - 1U);
    for (__m512d& sum : sums_) sum = _mm512_setzero_pd();
  }

  void Add(int64_t begin, int64_t end, int64_t stride) {
    for (int64_t x = begin; x < end; x += stride) {
      const float* const pixel = row_ + x * channels_;
      for (int block = 0; block < kBlocks; ++block) {
        // The hardware does not follow such wide steps; 24 of them take as long as a miss.
        _mm_prefetch(pixel + 24 * stride * channels_ + block * kLanes, _MM_HINT_T0);
        const __m512 values = _mm512_maskz_loadu_ps(MaskOf(block), pixel + block * kLanes);
        const __m256 high = _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(values), 1));
        __m512d* const sums = sums_ + 2 * block;
        sums[0] = _mm512_add_pd(sums[0], _mm512_cvtps_pd(_mm512_castps512_ps256(values)));
        sums[1] = _mm512_add_pd(sums[1], _mm512_cvtps_pd(high));
      }
    }
  }

  void AddTo(double* target) const {
    for (int i = 0; i < 2 * kBlocks; ++i, target += 8) {
      const auto mask = static_cast<__mmask8>(MaskOf(i / 2) >> (i % 2 * 8));
      _mm512_mask_storeu_pd(target, mask,
                            _mm512_add_pd(_mm512_maskz_loadu_pd(mask, target), sums_[i]));
    }
  }

 private:
  __mmask16 MaskOf(int block) const {
    return block + 1 < kBlocks ? static_cast<__mmask16>(0xffff) : last_;
  }

  const float* row_;
  int64_t channels_;
  __mmask16 last_ = 0xffff;
  __m512d sums_[2 * kBlocks];
};

template <int kBlocks>
void SumBlocks(const float* row, const RowTaps& taps, int64_t channel,
               std::span<double* const> targets) {
  for (const TapGroup& group : taps.groups) {
    Sums<kBlocks> shared(row, taps.channels, channel);
    shared.Add(group.begin, group.end, taps.stride);
    for (const TapPixels& tap : group.taps) {
      Sums<kBlocks> sums = shared;
      sums.Add(tap.begin, tap.end < group.begin ? tap.end : group.begin, taps.stride);
      sums.Add(tap.begin > group.end ? tap.begin : group.end, tap.end, taps.stride);
      for (double* const target : targets) sums.AddTo(target + tap.tap * taps.channels + channel);
    }
  }
}

}  // namespace

void SumUnderTapsAvx512(const float* row, const RowTaps& taps, std::span<double* const> targets) {
  int64_t channel = 0;
  for (; channel + kLanes < taps.channels; channel += 2 * kLanes)
    SumBlocks<2>(row, taps, channel, targets);
  if (channel < taps.channels) SumBlocks<1>(row, taps, channel, targets);
}

}  // namespace imcc
