// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Compiled with -mavx2; only called after a CPU check. Products are formed with vpmaddwd on
// sign-extended int16 (exact), never with the saturating vpmaddubsw.
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "numerics/kernel_set.h"

namespace imcc {

namespace {

constexpr int64_t kColumns = 16;  // Columns of a panel: two registers of eight int32.
constexpr int64_t kRows = 4;      // Rows computed together.

/// One panel of B as pairs: [k/2][16 columns][2] int16.
void PackPanel(const GemmArguments& g, int64_t n0, int64_t pairs, int16_t* panel) {
  const int64_t columns = std::min(kColumns, g.n - n0);
  std::fill(panel, panel + pairs * kColumns * 2, int16_t{0});
  for (int64_t n = 0; n < columns; ++n) {
    const int8_t* b = g.b + (n0 + n) * g.ldb;
    for (int64_t k = 0; k < g.k; ++k) panel[((k / 2) * kColumns + n) * 2 + (k & 1)] = b[k];
  }
}

/// Rows of A as int16, k padded to even with zeros.
void WidenRow(const int8_t* a, int64_t k, int64_t pairs, int16_t* out) {
  for (int64_t i = 0; i < k; ++i) out[i] = a[i];
  if (k < pairs * 2) out[k] = 0;
}

void StoreRow(const GemmArguments& g, int64_t m, int64_t n0, const int32_t* sums) {
  const int64_t columns = std::min(kColumns, g.n - n0);
  int32_t* c = g.c + m * g.ldc + n0;
  for (int64_t n = 0; n < columns; ++n)
    c[n] = static_cast<int32_t>(static_cast<uint32_t>(sums[n]) +
                                (g.accumulate ? static_cast<uint32_t>(c[n]) : 0U));
}

template <int Rows>
void MicroKernel(const int16_t* a, int64_t stride, const int16_t* panel, int64_t pairs,
                 int32_t (*sums)[kColumns]) {
  __m256i acc[Rows][2];
  for (auto& row : acc) row[0] = row[1] = _mm256_setzero_si256();
  for (int64_t p = 0; p < pairs; ++p) {
    const __m256i b0 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(panel + p * 32));
    const __m256i b1 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(panel + p * 32 + 16));
    for (int r = 0; r < Rows; ++r) {
      int32_t pair = 0;
      std::memcpy(&pair, a + r * stride + p * 2, sizeof(pair));
      const __m256i x = _mm256_set1_epi32(pair);
      acc[r][0] = _mm256_add_epi32(acc[r][0], _mm256_madd_epi16(x, b0));
      acc[r][1] = _mm256_add_epi32(acc[r][1], _mm256_madd_epi16(x, b1));
    }
  }
  for (int r = 0; r < Rows; ++r) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums[r]), acc[r][0]);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums[r] + 8), acc[r][1]);
  }
}

}  // namespace

void GemmAvx2(const GemmArguments& g) {
  const int64_t pairs = (g.k + 1) / 2;
  const int64_t stride = pairs * 2;
  std::vector<int16_t> a(static_cast<size_t>(g.m * stride));
  for (int64_t m = 0; m < g.m; ++m) WidenRow(g.a + m * g.lda, g.k, pairs, a.data() + m * stride);
  std::vector<int16_t> panel(static_cast<size_t>(pairs * kColumns * 2));
  int32_t sums[kRows][kColumns];
  for (int64_t n0 = 0; n0 < g.n; n0 += kColumns) {
    PackPanel(g, n0, pairs, panel.data());
    int64_t m = 0;
    for (; m + kRows <= g.m; m += kRows) {
      MicroKernel<kRows>(a.data() + m * stride, stride, panel.data(), pairs, sums);
      for (int64_t r = 0; r < kRows; ++r) StoreRow(g, m + r, n0, sums[r]);
    }
    for (; m < g.m; ++m) {
      MicroKernel<1>(a.data() + m * stride, stride, panel.data(), pairs, sums);
      StoreRow(g, m, n0, sums[0]);
    }
  }
}

void RequantizeRowAvx2(const int32_t* acc, const int32_t* bias, const uint32_t* requantizers,
                       int64_t n, int32_t zero_point, ClampRange range, int8_t* out) {
  // float(acc) is exact below 2^24, and then the float product is the specified first rounding.
  const __m256i limit = _mm256_set1_epi32((1 << 24) - 1);
  const __m256 lo = _mm256_set1_ps(static_cast<float>(range.lo - zero_point));
  const __m256 hi = _mm256_set1_ps(static_cast<float>(range.hi - zero_point));
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m256i sum =
        _mm256_add_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(acc + i)),
                         _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bias + i)));
    const __m256i packed = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(requantizers + i));
    const __m256i mantissa = _mm256_and_si256(packed, _mm256_set1_epi32(0xffffff));
    // 2^-shift as a float: exponent field 127 - shift, normal for shift in [-127, 126].
    const __m256i shift = _mm256_srai_epi32(packed, 24);
    const __m256i exponent = _mm256_sub_epi32(_mm256_set1_epi32(127), shift);
    const __m256i large =
        _mm256_or_si256(_mm256_cmpgt_epi32(_mm256_abs_epi32(sum), limit),
                        _mm256_or_si256(_mm256_cmpgt_epi32(_mm256_set1_epi32(1), exponent),
                                        _mm256_cmpgt_epi32(exponent, _mm256_set1_epi32(254 - 24))));
    const __m256i lowest = _mm256_cmpeq_epi32(sum, _mm256_set1_epi32(INT32_MIN));
    if (!_mm256_testz_si256(_mm256_or_si256(large, lowest), _mm256_set1_epi32(-1))) {
      RequantizeRowScalar(acc + i, bias + i, requantizers + i, 8, zero_point, range, out + i);
      continue;
    }
    const __m256 power = _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23));
    const __m256 multiplier = _mm256_mul_ps(_mm256_cvtepi32_ps(mantissa), power);
    __m256 value = _mm256_mul_ps(_mm256_cvtepi32_ps(sum), multiplier);
    // Clamping to integers before rounding equals clamping after it, and cannot overflow.
    value = _mm256_min_ps(_mm256_max_ps(value, lo), hi);
    const __m256i rounded =
        _mm256_add_epi32(_mm256_cvtps_epi32(value), _mm256_set1_epi32(zero_point));
    alignas(32) int32_t lanes[8];
    _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), rounded);
    for (int lane = 0; lane < 8; ++lane) out[i + lane] = static_cast<int8_t>(lanes[lane]);
  }
  RequantizeRowScalar(acc + i, bias + i, requantizers + i, n - i, zero_point, range, out + i);
}

void MultiplyAccumulateRowAvx2(const int8_t* x, const int8_t* w, int64_t n, int32_t* acc) {
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const __m256i a =
        _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(x + i)));
    const __m256i b =
        _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(w + i)));
    const __m256i product = _mm256_mullo_epi16(a, b);  // |x * w| <= 2^14 fits int16.
    const __m256i low = _mm256_cvtepi16_epi32(_mm256_castsi256_si128(product));
    const __m256i high = _mm256_cvtepi16_epi32(_mm256_extracti128_si256(product, 1));
    auto* out = reinterpret_cast<__m256i*>(acc + i);
    _mm256_storeu_si256(out, _mm256_add_epi32(_mm256_loadu_si256(out), low));
    _mm256_storeu_si256(out + 1, _mm256_add_epi32(_mm256_loadu_si256(out + 1), high));
  }
  MultiplyAccumulateRowScalar(x + i, w + i, n - i, acc + i);
}

}  // namespace imcc
