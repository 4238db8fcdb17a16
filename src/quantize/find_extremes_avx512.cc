// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Compiled with -mavx512f; only called after a CPU check.
#include <immintrin.h>

#include "quantize/find_extremes.h"

namespace imcc {
namespace {

constexpr int64_t kLanes = 16;

/// Running results; two of them, because each step waits for the one before.
struct Running {
  __m512 low = _mm512_set1_ps(__builtin_inff());
  __m512 high = _mm512_set1_ps(-__builtin_inff());
  __m512 zero = _mm512_setzero_ps();  // NaN once a value was infinite or NaN.

  /// The second operand stays where the first is NaN.
  void Add(__m512 x) {
    low = _mm512_min_ps(x, low);
    high = _mm512_max_ps(x, high);
    zero = _mm512_fmadd_ps(x, _mm512_setzero_ps(), zero);
  }
};

}  // namespace

Extremes FindExtremesAvx512(const float* values, int64_t count) {
  Running even;
  Running odd;
  int64_t i = 0;
  for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
    even.Add(_mm512_loadu_ps(values + i));
    odd.Add(_mm512_loadu_ps(values + i + kLanes));
  }
  for (; i < count; i += kLanes) {
    const auto rest = count - i < kLanes ? static_cast<__mmask16>((1U << (count - i)) - 1U)
                                         : static_cast<__mmask16>(0xffff);
    // Lanes beyond the end repeat the first value.
    even.Add(_mm512_mask_loadu_ps(_mm512_set1_ps(values[i]), rest, values + i));
  }
  const __m512 zero = _mm512_add_ps(even.zero, odd.zero);
  return {{_mm512_reduce_min_ps(_mm512_min_ps(even.low, odd.low)) + 0.0F,
           _mm512_reduce_max_ps(_mm512_max_ps(even.high, odd.high)) + 0.0F},
          _mm512_cmp_ps_mask(zero, zero, _CMP_UNORD_Q) == 0};
}

}  // namespace imcc
