// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "ir/window.h"
#include "tiling/tiling.h"

namespace imcc {

/// Fills the fields that MvmTask and WindowTask share: the window, the extents of both planes, and
/// the position of the window of the first output pixel inside the input box.
template <class Task>
void SetWindow(const Window& window, const Box& output, const Box& input, Task& task) {
  task.in_h = static_cast<uint16_t>(input.height());
  task.in_w = static_cast<uint16_t>(input.width());
  task.out_h = static_cast<uint16_t>(output.height());
  task.out_w = static_cast<uint16_t>(output.width());
  task.origin_y = static_cast<int16_t>(output.rows.begin * window.stride_h - window.padding.top -
                                       input.rows.begin);
  task.origin_x = static_cast<int16_t>(output.columns.begin * window.stride_w -
                                       window.padding.left - input.columns.begin);
  task.kernel_h = static_cast<uint8_t>(window.kernel_h);
  task.kernel_w = static_cast<uint8_t>(window.kernel_w);
  task.stride_h = static_cast<uint8_t>(window.stride_h);
  task.stride_w = static_cast<uint8_t>(window.stride_w);
  task.dilation_h = static_cast<uint8_t>(window.dilation_h);
  task.dilation_w = static_cast<uint8_t>(window.dilation_w);
}

}  // namespace imcc
