// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "numerics/kernel_set.h"

namespace imcc {

void GemmScalar(const GemmArguments& g) {
  for (int64_t m = 0; m < g.m; ++m) {
    const int8_t* a = g.a + m * g.lda;
    for (int64_t n = 0; n < g.n; ++n) {
      const int8_t* b = g.b + n * g.ldb;
      uint32_t sum = 0;  // Wraps modulo 2^32 as the accumulators do.
      for (int64_t k = 0; k < g.k; ++k) sum += static_cast<uint32_t>(a[k] * b[k]);
      int32_t& c = g.c[m * g.ldc + n];
      c = static_cast<int32_t>(sum + (g.accumulate ? static_cast<uint32_t>(c) : 0U));
    }
  }
}

void RequantizeRowScalar(const int32_t* acc, const int32_t* bias, const uint32_t* requantizers,
                         int64_t n, int32_t zero_point, ClampRange range, int8_t* out) {
  for (int64_t i = 0; i < n; ++i) {
    const uint32_t sum = static_cast<uint32_t>(acc[i]) + static_cast<uint32_t>(bias[i]);
    out[i] = Requantize(static_cast<int32_t>(sum), UnpackRequantizer(requantizers[i]), zero_point,
                        range);
  }
}

void MultiplyAccumulateRowScalar(const int8_t* x, const int8_t* w, int64_t n, int32_t* acc) {
  for (int64_t i = 0; i < n; ++i)
    acc[i] =
        static_cast<int32_t>(static_cast<uint32_t>(acc[i]) + static_cast<uint32_t>(x[i] * w[i]));
}

}  // namespace imcc
