// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/pixel_phases.h"

namespace imcc {

std::vector<int64_t> PhaseOrder(int64_t rows, int64_t columns, int64_t width) {
  std::vector<int64_t> order;
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t x = 0; x < width; ++x) {
      for (int64_t column = 0; column < columns; ++column) {
        order.push_back((row * columns + column) * width + x);
      }
    }
  }
  return order;
}

}  // namespace imcc
