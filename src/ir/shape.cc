// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/shape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace imcc {

int64_t Shape::elements() const {
  int64_t product = 1;
  for (const int64_t dim : dims_) product *= dim;
  return product;
}

std::string Shape::ToString() const {
  return dims_.empty() ? "scalar" : fmt::format("{}", fmt::join(dims_, "x"));
}

FeatureMap AsFeatureMap(const Shape& shape) {
  if (shape.rank() == 0) return {};
  if (shape.rank() == 4 && shape[0] == 1) return {shape[1], shape[2], shape[3]};
  const int64_t channels = shape.back();
  return {1, channels == 0 ? 0 : shape.elements() / channels, channels};
}

bool JoinsBoxes(const Shape& shape, size_t axis) {
  if (axis + 1 == shape.rank()) return true;
  if (shape.rank() == 4) return axis > 0 && shape[0] == 1;
  const auto end = shape.dims().begin() + static_cast<std::ptrdiff_t>(axis);
  return std::all_of(shape.dims().begin(), end, [](int64_t dim) { return dim == 1; });
}

bool KeepsOrder(const Shape& shape, const std::vector<int64_t>& permutation) {
  int64_t last = -1;
  for (const int64_t axis : permutation) {
    if (shape[static_cast<size_t>(axis)] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

Matrices AsMatrices(const Shape& shape) {
  const int64_t rows = shape[shape.rank() - 2];
  return {shape.elements() / std::max<int64_t>(rows * shape.back(), 1), rows, shape.back()};
}

}  // namespace imcc
