// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace imcc {

/// Rows and columns added around a feature map. Never negative.
struct Padding {
  int64_t top = 0;
  int64_t left = 0;
  int64_t bottom = 0;
  int64_t right = 0;

  bool any() const { return top != 0 || left != 0 || bottom != 0 || right != 0; }
  friend bool operator==(const Padding&, const Padding&) = default;
};

/// A sliding window: kernel, stride, dilation and padding of a convolution or pooling.
struct Window {
  int64_t kernel_h = 1;
  int64_t kernel_w = 1;
  int64_t stride_h = 1;
  int64_t stride_w = 1;
  int64_t dilation_h = 1;
  int64_t dilation_w = 1;
  Padding padding;

  int64_t taps() const { return kernel_h * kernel_w; }
  /// Rows spanned by the dilated kernel, (k - 1) * d + 1.
  int64_t extent_h() const { return (kernel_h - 1) * dilation_h + 1; }
  int64_t extent_w() const { return (kernel_w - 1) * dilation_w + 1; }
  friend bool operator==(const Window&, const Window&) = default;
};

}  // namespace imcc
