// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Compiled with -mavx512f; only called after a CPU check. Sixteen channels at a time, with the sums
// of up to three taps in registers. Every sum is formed in the order of the portable version.
#include <immintrin.h>

#include <cstdint>

#include "quantize/sum_under_taps.h"

namespace imcc {
namespace {

constexpr int64_t kBlock = 16;  // Channels: two registers of doubles.

/// Sums of sixteen channels.
struct Sums {
  __m512d low = _mm512_setzero_pd();
  __m512d high = _mm512_setzero_pd();

  void Add(__m512d more_low, __m512d more_high) {
    low = _mm512_add_pd(low, more_low);
    high = _mm512_add_pd(high, more_high);
  }
};

/// Sixteen channels, or as many as there are left.
struct Lanes {
  explicit Lanes(int64_t count)
      : all(count < kBlock ? static_cast<__mmask16>((1U << count) - 1U)
                           : static_cast<__mmask16>(0xffff)),
        low(static_cast<__mmask8>(all)),
        high(static_cast<__mmask8>(all >> 8)) {}

  Sums Load(const float* pixel) const {
    const __m512 values = _mm512_maskz_loadu_ps(all, pixel);
    const __m512d upper = _mm512_castps_pd(values);
    return {_mm512_cvtps_pd(_mm512_castps512_ps256(values)),
            _mm512_cvtps_pd(_mm256_castpd_ps(_mm512_extractf64x4_pd(upper, 1)))};
  }

  void AddTo(double* target, const Sums& sums) const {
    _mm512_mask_storeu_pd(target, low, _mm512_add_pd(_mm512_maskz_loadu_pd(low, target), sums.low));
    _mm512_mask_storeu_pd(target + 8, high,
                          _mm512_add_pd(_mm512_maskz_loadu_pd(high, target + 8), sums.high));
  }

  __mmask16 all;
  __mmask8 low, high;
};

/// One block of channels of a row.
class Block {
 public:
  Block(const float* row, const RowTaps& taps, int64_t channel, double* scratch,
        std::span<double* const> targets)
      : row_(row + channel),
        taps_(taps),
        channel_(channel),
        lanes_(taps.channels - channel),
        doubles_(scratch),
        targets_(targets) {}

  /// Two whole blocks side by side: a single chain of sums would wait for every addition.
  void SumPairUnderOneTap() {
    const Interval<int64_t> inside = taps_.Inside(0);
    Sums first;
    Sums second;
    for (int64_t output = inside.begin; output < inside.end; ++output) {
      const float* const pixel = row_ + taps_.Pixel(0, output) * taps_.channels;
      const Sums a = lanes_.Load(pixel);
      const Sums b = lanes_.Load(pixel + kBlock);
      first.Add(a.low, a.high);
      second.Add(b.low, b.high);
    }
    for (double* const target : targets_) {
      lanes_.AddTo(target + channel_, first);
      lanes_.AddTo(target + channel_ + kBlock, second);
    }
  }

  void SumUnderAllTaps() {
    for (int64_t x = 0; x < taps_.width; ++x) {
      const Sums values = lanes_.Load(row_ + x * taps_.channels);
      _mm512_store_pd(doubles_ + x * kBlock, values.low);
      _mm512_store_pd(doubles_ + x * kBlock + 8, values.high);
    }
    int64_t tap = 0;
    for (; tap + 3 <= taps_.taps; tap += 3) Sum<3>(tap);
    if (tap + 2 == taps_.taps) Sum<2>(tap);
    if (tap + 1 == taps_.taps) Sum<1>(tap);
  }

 private:
  void Add(int64_t tap, int64_t output, Sums& sums) const {
    const double* const values = doubles_ + taps_.Pixel(tap, output) * kBlock;
    sums.Add(_mm512_load_pd(values), _mm512_load_pd(values + 8));
  }

  /// Taps side by side where all of them are inside the row, one by one before and after.
  template <int kTaps>
  void Sum(int64_t first) const {
    Interval<int64_t> inside[kTaps];
    Interval<int64_t> common = {0, taps_.outputs};
    for (int i = 0; i < kTaps; ++i) {
      inside[i] = taps_.Inside(first + i);
      if (inside[i].begin > common.begin) common.begin = inside[i].begin;
      if (inside[i].end < common.end) common.end = inside[i].end;
    }
    if (common.empty()) common = {taps_.outputs, taps_.outputs};
    Sums sums[kTaps];
    for (int i = 0; i < kTaps; ++i) {
      for (int64_t o = inside[i].begin; o < common.begin && o < inside[i].end; ++o)
        Add(first + i, o, sums[i]);
    }
    for (int64_t o = common.begin; o < common.end; ++o) {
      for (int i = 0; i < kTaps; ++i) Add(first + i, o, sums[i]);
    }
    for (int i = 0; i < kTaps; ++i) {
      for (int64_t o = common.end; o < inside[i].end; ++o) Add(first + i, o, sums[i]);
    }
    for (double* const target : targets_) {
      for (int i = 0; i < kTaps; ++i)
        lanes_.AddTo(target + (first + i) * taps_.channels + channel_, sums[i]);
    }
  }

  const float* row_;
  const RowTaps& taps_;
  int64_t channel_;
  Lanes lanes_;
  double* doubles_;  // [pixel][16]
  std::span<double* const> targets_;
};

}  // namespace

void SumUnderTapsAvx512(const float* row, const RowTaps& taps, std::span<double> scratch,
                        std::span<double* const> targets) {
  constexpr uintptr_t kCacheLine = 64;
  const auto address = reinterpret_cast<uintptr_t>(scratch.data());
  auto* const aligned = reinterpret_cast<double*>((address + kCacheLine - 1) & ~(kCacheLine - 1));
  int64_t channel = 0;
  if (taps.taps == 1) {
    for (; channel + 2 * kBlock <= taps.channels; channel += 2 * kBlock)
      Block(row, taps, channel, aligned, targets).SumPairUnderOneTap();
  }
  for (; channel < taps.channels; channel += kBlock)
    Block(row, taps, channel, aligned, targets).SumUnderAllTaps();
}

}  // namespace imcc
