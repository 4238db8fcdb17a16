// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "ir/shape.h"
#include "ir/window.h"
#include "onnx/onnx_node.h"

namespace imcc {

/// Strides, dilations, pads and auto_pad of a Conv or pooling node over a stored [N,H,W,C] input;
/// with one spatial axis it is the width.
Result<Window> ReadWindow(const OnnxNode& node, const Shape& input, int64_t kernel_h,
                          int64_t kernel_w, size_t spatial_axes);

/// The same of a ConvTranspose: the window of the convolution it is the transpose of. What
/// output_padding adds to the output is taken from the padding at the end, which may so become
/// negative.
Result<Window> ReadTransposedWindow(const OnnxNode& node, const Shape& input, int64_t kernel_h,
                                    int64_t kernel_w, size_t spatial_axes);

/// Grows the padding at the ends so that the last, partial window counts (ceil_mode). A window that
/// would start in the end padding is dropped, as in PyTorch and ONNX Runtime.
Window WithCeilMode(Window window, const Shape& input);

}  // namespace imcc
