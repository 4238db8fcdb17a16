// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/window_attributes.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"
#include "onnx/limits.h"

namespace imcc {
namespace {

/// One entry per spatial axis, as height and width; a 1-D window has the width only.
Result<std::vector<int64_t>> ReadPair(const OnnxNode& node, const char* attribute,
                                      int64_t otherwise, size_t spatial, int64_t lowest = 1) {
  auto values = node.Ints(attribute);
  if (!values) return std::vector<int64_t>{otherwise, otherwise};
  if (values->size() != spatial) {
    return node.Invalid(fmt::format("{} has {} entries for {} spatial dimensions", attribute,
                                    values->size(), spatial));
  }
  if (spatial == 1) values->insert(values->begin(), otherwise);
  for (const int64_t value : *values) {
    if (value < lowest || value >= kMaxLength) {
      return node.Invalid(fmt::format("{} {} is out of range", attribute, value));
    }
  }
  return *values;
}

/// Total padding for out = ceil(in / stride).
int64_t SamePadding(int64_t in, int64_t extent, int64_t stride) {
  return std::max<int64_t>((CeilDiv(in, stride) - 1) * stride + extent - in, 0);
}

Result<Padding> ReadPads(const OnnxNode& node, size_t spatial) {
  auto pads = node.Ints("pads");
  if (!pads) return Padding{};
  if (pads->size() != 2 * spatial) {
    return node.Invalid(
        fmt::format("pads has {} entries for {} spatial dimensions", pads->size(), spatial));
  }
  if (spatial == 1) pads = {0, pads->front(), 0, pads->back()};
  for (const int64_t pad : *pads) {
    if (pad < 0 || pad >= kMaxLength) {
      return node.Unsupported(fmt::format("padding {} is out of range", pad));
    }
  }
  return Padding{(*pads)[0], (*pads)[1], (*pads)[2], (*pads)[3]};
}

int64_t CeilExtension(int64_t in, int64_t begin, int64_t end, int64_t extent, int64_t stride) {
  const int64_t span = in + begin + end - extent;
  if (span < 0) return end;
  int64_t outputs = CeilDiv(span, stride) + 1;
  if ((outputs - 1) * stride >= in + begin) --outputs;
  return std::max(end, (outputs - 1) * stride + extent - in - begin);
}

}  // namespace

Result<Window> ReadWindow(const OnnxNode& node, const Shape& input, int64_t kernel_h,
                          int64_t kernel_w, size_t spatial_axes) {
  if (std::min(kernel_h, kernel_w) < 1 || std::max(kernel_h, kernel_w) >= kMaxLength) {
    return node.Invalid(fmt::format("kernel {}x{} is out of range", kernel_h, kernel_w));
  }
  IMCC_ASSIGN(const std::vector<int64_t> strides, ReadPair(node, "strides", 1, spatial_axes));
  IMCC_ASSIGN(const std::vector<int64_t> dilations, ReadPair(node, "dilations", 1, spatial_axes));
  Window window{.kernel_h = kernel_h,
                .kernel_w = kernel_w,
                .stride_h = strides[0],
                .stride_w = strides[1],
                .dilation_h = dilations[0],
                .dilation_w = dilations[1]};
  const std::string auto_pad = node.String("auto_pad", "NOTSET");
  if (auto_pad == "NOTSET" || auto_pad.empty()) {
    IMCC_ASSIGN(window.padding, ReadPads(node, spatial_axes));
  } else if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
    const int64_t rows = SamePadding(input[1], window.extent_h(), window.stride_h);
    const int64_t columns = SamePadding(input[2], window.extent_w(), window.stride_w);
    const int64_t odd = auto_pad == "SAME_LOWER" ? 1 : 0;
    window.padding.top = (rows + odd) / 2;
    window.padding.left = (columns + odd) / 2;
    window.padding.bottom = rows - window.padding.top;
    window.padding.right = columns - window.padding.left;
  } else if (auto_pad != "VALID") {
    return node.Invalid(fmt::format("auto_pad '{}' is unknown", auto_pad));
  }
  return window;
}

Result<Window> ReadTransposedWindow(const OnnxNode& node, const Shape& input, int64_t kernel_h,
                                    int64_t kernel_w, size_t spatial_axes) {
  IMCC_ASSIGN(Window window, ReadWindow(node, input, kernel_h, kernel_w, spatial_axes));
  IMCC_ASSIGN(const std::vector<int64_t> extra,
              ReadPair(node, "output_padding", 0, spatial_axes, 0));
  const std::string auto_pad = node.String("auto_pad", "NOTSET");
  const bool same = auto_pad.starts_with("SAME");
  std::vector<int64_t> wanted = {input[1] * window.stride_h, input[2] * window.stride_w};
  if (node.has("output_shape")) {
    IMCC_ASSIGN(wanted, ReadPair(node, "output_shape", 1, spatial_axes));
  } else if (!same) {
    window.padding.bottom -= extra[0];
    window.padding.right -= extra[1];
    return window;
  }
  const auto total = [](int64_t in, int64_t stride, int64_t extent, int64_t out) {
    return (in - 1) * stride + extent - out;
  };
  const int64_t rows = total(input[1], window.stride_h, window.extent_h(), wanted[0]) + extra[0];
  const int64_t columns = total(input[2], window.stride_w, window.extent_w(), wanted[1]) + extra[1];
  // Only SAME_UPPER puts the odd element at the end, says the operator's definition.
  const int64_t odd = auto_pad == "SAME_UPPER" ? 0 : 1;
  const int64_t top = (std::max<int64_t>(rows, 0) + odd) / 2;
  const int64_t left = (std::max<int64_t>(columns, 0) + odd) / 2;
  window.padding = {top, left, rows - top - extra[0], columns - left - extra[1]};
  return window;
}

Window WithCeilMode(Window window, const Shape& input) {
  Padding& p = window.padding;
  p.bottom = CeilExtension(input[1], p.top, p.bottom, window.extent_h(), window.stride_h);
  p.right = CeilExtension(input[2], p.left, p.right, window.extent_w(), window.stride_w);
  return window;
}

}  // namespace imcc
