// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "reference/integer_kernels.h"

namespace imcc {
namespace {

/// Elements between two neighbours along each axis.
std::vector<int64_t> StridesOf(const Shape& shape) {
  std::vector<int64_t> strides(shape.rank(), 1);
  for (size_t i = shape.rank(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

}  // namespace

void RunTranspose(const QTranspose& transpose, Int8View x, Int8Output y) {
  const Shape& shape = y.tensor->shape;
  const std::vector<int64_t> strides = StridesOf(x.tensor->shape);
  std::vector<int64_t> position(shape.rank());
  for (int64_t i = 0; i < shape.elements(); ++i) {
    int64_t source = 0;
    for (size_t axis = 0; axis < position.size(); ++axis)
      source += position[axis] * strides[static_cast<size_t>(transpose.permutation[axis])];
    y.values[i] = x.values[source];
    for (size_t axis = position.size(); axis-- > 0;) {
      if (++position[axis] < shape[axis]) break;
      position[axis] = 0;
    }
  }
}

void RunGather(const QGather& gather, Int8View x, Int8Output y) {
  const Shape& shape = x.tensor->shape;
  const auto axis = static_cast<size_t>(gather.axis);
  const int64_t inner = StridesOf(shape)[axis];
  const int64_t outer = shape.elements() / (inner * shape[axis]);
  for (int64_t o = 0; o < outer; ++o)
    for (const int64_t index : gather.indices)
      y.values = std::copy_n(x.values + (o * shape[axis] + index) * inner, inner, y.values);
}

}  // namespace imcc
