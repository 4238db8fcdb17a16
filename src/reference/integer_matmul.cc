// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "reference/integer_kernels.h"

namespace imcc {
namespace {

/// -zero_point * (sum of a row) for every row of a matrix, modulo 2^32: with it, the products may
/// use the other operand itself.
std::vector<int32_t> ZeroPointOffsets(const int8_t* rows, const Matrices& shape,
                                      int32_t zero_point) {
  std::vector<int32_t> offsets;
  for (int64_t n = 0; n < shape.rows; ++n, rows += shape.columns) {
    int64_t sum = 0;
    for (int64_t k = 0; k < shape.columns; ++k) sum += rows[k];
    offsets.push_back(static_cast<int32_t>(static_cast<uint32_t>(-zero_point * sum)));
  }
  return offsets;
}

}  // namespace

void RunMatMul(const QMatMul& product, Int8View a, Int8View b, Int8Output y, KernelSet kernels) {
  const Matrices left = AsMatrices(a.tensor->shape);
  const Matrices right = AsMatrices(b.tensor->shape);
  const int64_t columns = right.rows;
  const std::vector<uint32_t> requantizers(static_cast<size_t>(columns), Pack(product.requantizer));
  std::vector<int32_t> acc(static_cast<size_t>(left.rows * columns));
  for (int64_t matrix = 0; matrix < left.count; ++matrix) {
    const int8_t* weights = b.values + (right.count == 1 ? 0 : matrix * right.elements());
    GemmInt8({.m = left.rows,
              .n = columns,
              .k = left.columns,
              .a = a.values + matrix * left.elements(),
              .lda = left.columns,
              .b = weights,
              .ldb = left.columns,
              .c = acc.data(),
              .ldc = columns},
             kernels);
    const std::vector<int32_t> offsets = ZeroPointOffsets(weights, right, a.zero_point());
    for (int64_t row = 0; row < left.rows; ++row)
      RequantizeRow(acc.data() + row * columns, offsets.data(), requantizers.data(), columns,
                    y.zero_point(), product.clamp, y.values + (matrix * left.rows + row) * columns,
                    kernels);
  }
}

}  // namespace imcc
