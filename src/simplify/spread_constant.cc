// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/spread_constant.h"

namespace imcc {

size_t BroadcastIndex(const Shape& shape, const Shape& out, int64_t i) {
  int64_t index = 0;
  int64_t stride = 1;
  for (size_t back = 1; back <= shape.rank(); ++back) {
    const int64_t length = out[out.rank() - back];
    const int64_t own = shape[shape.rank() - back];
    if (own != 1) index += i % length * stride;
    stride *= own;
    i /= length;
  }
  return static_cast<size_t>(index);
}

std::vector<float> SpreadConstant(const Tensor& constant, const Shape& shape) {
  std::vector<float> values(static_cast<size_t>(shape.elements()));
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = constant.constant[BroadcastIndex(constant.shape, shape, static_cast<int64_t>(i))];
  return values;
}

}  // namespace imcc
