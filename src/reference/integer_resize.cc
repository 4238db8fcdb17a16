// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "reference/integer_kernels.h"

namespace imcc {
namespace {

constexpr int64_t kOne = int64_t{1} << 15;  // Weight 1 in Q15.

}  // namespace

void RunResize(const QResize& resize, Int8View x, Int8Output y) {
  const FeatureMap in = x.map();
  int8_t* out = y.values;
  for (const ResizeTap& row : resize.rows) {
    for (const ResizeTap& column : resize.columns) {
      const auto at = [&](int64_t i, int64_t j) {
        return x.values + (i * in.width + j) * in.channels;
      };
      const int8_t* a = at(row.lo, column.lo);
      const int8_t* b = at(row.lo, column.hi);
      const int8_t* c = at(row.hi, column.lo);
      const int8_t* d = at(row.hi, column.hi);
      const int64_t u = column.weight;
      const int64_t v = row.weight;
      for (int64_t i = 0; i < in.channels; ++i) {
        const int64_t sum =
            (kOne - v) * ((kOne - u) * a[i] + u * b[i]) + v * ((kOne - u) * c[i] + u * d[i]);
        *out++ = static_cast<int8_t>(RoundShift(sum, 30));
      }
    }
  }
}

}  // namespace imcc
