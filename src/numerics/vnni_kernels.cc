// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Compiled with -mavx512f -mavx512bw -mavx512vnni; only called after a CPU check. vpdpbusd wants
// an unsigned operand: activations are offset by 128 and 128 * sum(b) is taken off again. The
// instruction accumulates modulo 2^32 without saturation, so the result is exact.
#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "numerics/kernel_set.h"

namespace imcc {

namespace {

constexpr int64_t kColumns = 32;  // Columns of a panel: two registers of sixteen int32.
constexpr int64_t kRows = 8;      // Rows computed together.

/// One panel of B as [k/4][32 columns][4] bytes, and -128 * sum(b) of each column.
void PackPanel(const GemmArguments& g, int64_t n0, int64_t quads, uint32_t* panel,
               int32_t* correction) {
  const int64_t columns = std::min(kColumns, g.n - n0);
  std::fill(panel, panel + quads * kColumns, 0U);
  std::fill(correction, correction + kColumns, 0);
  for (int64_t n = 0; n < columns; ++n) {
    const int8_t* b = g.b + (n0 + n) * g.ldb;
    int32_t sum = 0;
    for (int64_t k = 0; k < g.k; ++k) sum += b[k];
    correction[n] = static_cast<int32_t>(static_cast<uint32_t>(sum) * 0xffffff80U);
    for (int64_t q = 0; q < quads; ++q)
      std::memcpy(panel + q * kColumns + n, b + q * 4,
                  static_cast<size_t>(std::min<int64_t>(4, g.k - q * 4)));
  }
}

/// Rows of A offset to unsigned; the pad bytes meet zeros of the panel.
void OffsetRow(const int8_t* a, int64_t k, uint8_t* out) {
  for (int64_t i = 0; i < k; ++i) out[i] = static_cast<uint8_t>(a[i]) ^ 0x80U;
}

template <int Rows>
void MicroKernel(const uint8_t* a, int64_t stride, const uint32_t* panel, int64_t quads,
                 const int32_t* correction, int32_t* c, int64_t ldc, bool accumulate, __mmask16 low,
                 __mmask16 high) {
  __m512i acc[Rows][2];
  const __m512i c0 = _mm512_loadu_si512(correction);
  const __m512i c1 = _mm512_loadu_si512(correction + 16);
  for (auto& row : acc) {
    row[0] = c0;
    row[1] = c1;
  }
  for (int64_t q = 0; q < quads; ++q) {
    const __m512i b0 = _mm512_loadu_si512(panel + q * kColumns);
    const __m512i b1 = _mm512_loadu_si512(panel + q * kColumns + 16);
    for (int r = 0; r < Rows; ++r) {
      int32_t quad = 0;
      std::memcpy(&quad, a + r * stride + q * 4, sizeof(quad));
      const __m512i x = _mm512_set1_epi32(quad);
      acc[r][0] = _mm512_dpbusd_epi32(acc[r][0], x, b0);
      acc[r][1] = _mm512_dpbusd_epi32(acc[r][1], x, b1);
    }
  }
  for (int r = 0; r < Rows; ++r) {
    int32_t* out = c + r * ldc;
    if (accumulate) {
      acc[r][0] = _mm512_add_epi32(acc[r][0], _mm512_maskz_loadu_epi32(low, out));
      acc[r][1] = _mm512_add_epi32(acc[r][1], _mm512_maskz_loadu_epi32(high, out + 16));
    }
    _mm512_mask_storeu_epi32(out, low, acc[r][0]);
    _mm512_mask_storeu_epi32(out + 16, high, acc[r][1]);
  }
}

__mmask16 Mask(int64_t columns) {
  return static_cast<__mmask16>((1U << std::clamp<int64_t>(columns, 0, 16)) - 1U);
}

}  // namespace

void GemmVnni(const GemmArguments& g) {
  const int64_t quads = (g.k + 3) / 4;
  const int64_t stride = quads * 4;
  std::vector<uint8_t> a(static_cast<size_t>(g.m * stride));
  for (int64_t m = 0; m < g.m; ++m) OffsetRow(g.a + m * g.lda, g.k, a.data() + m * stride);
  std::vector<uint32_t> panel(static_cast<size_t>(quads * kColumns));
  int32_t correction[kColumns];
  for (int64_t n0 = 0; n0 < g.n; n0 += kColumns) {
    PackPanel(g, n0, quads, panel.data(), correction);
    const __mmask16 low = Mask(g.n - n0);
    const __mmask16 high = Mask(g.n - n0 - 16);
    int64_t m = 0;
    for (; m + kRows <= g.m; m += kRows)
      MicroKernel<kRows>(a.data() + m * stride, stride, panel.data(), quads, correction,
                         g.c + m * g.ldc + n0, g.ldc, g.accumulate, low, high);
    for (; m < g.m; ++m)
      MicroKernel<1>(a.data() + m * stride, stride, panel.data(), quads, correction,
                     g.c + m * g.ldc + n0, g.ldc, g.accumulate, low, high);
  }
}

}  // namespace imcc
