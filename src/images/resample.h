// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "config/network.h"

namespace imcc {

/// An image while it is being preprocessed: interleaved samples, row major. `is_u8` as long as
/// every value is a whole number in [0, 255], as in a PIL image.
struct Canvas {
  int64_t width = 0;
  int64_t height = 0;
  int64_t channels = 0;
  bool is_u8 = true;
  std::vector<float> values;

  float* at(int64_t row, int64_t column) {
    return values.data() + (row * width + column) * channels;
  }
  const float* at(int64_t row, int64_t column) const {
    return values.data() + (row * width + column) * channels;
  }
};

/// Pillow's Image.resize: antialiased when it shrinks (bilinear, bicubic), the nearest pixel
/// otherwise. On u8 images it gives Pillow's bits.
Canvas Resample(const Canvas& image, int64_t width, int64_t height, Interpolation interpolation);

}  // namespace imcc
