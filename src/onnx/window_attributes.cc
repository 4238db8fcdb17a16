// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/window_attributes.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"

namespace imcc {
namespace {

// Far above any real window, far below overflow of the sums and products made of them.
constexpr int64_t kMaxLength = int64_t{1} << 30;

Result<std::vector<int64_t>> ReadPair(const OnnxNode& node, const char* attribute,
                                      int64_t otherwise) {
  const auto values = node.Ints(attribute);
  if (!values) return std::vector<int64_t>{otherwise, otherwise};
  if (values->size() != 2) {
    return node.Unsupported(fmt::format(
        "{} has {} entries; only two spatial dimensions are supported", attribute, values->size()));
  }
  for (const int64_t value : *values) {
    if (value < 1 || value >= kMaxLength) {
      return node.Invalid(fmt::format("{} {} is out of range", attribute, value));
    }
  }
  return *values;
}

/// Total padding for out = ceil(in / stride).
int64_t SamePadding(int64_t in, int64_t extent, int64_t stride) {
  return std::max<int64_t>((CeilDiv(in, stride) - 1) * stride + extent - in, 0);
}

Result<Padding> ReadPads(const OnnxNode& node) {
  const auto pads = node.Ints("pads");
  if (!pads) return Padding{};
  if (pads->size() != 4) {
    return node.Unsupported(
        fmt::format("pads has {} entries; only two spatial dimensions are "
                    "supported",
                    pads->size()));
  }
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
                          int64_t kernel_w) {
  if (std::min(kernel_h, kernel_w) < 1 || std::max(kernel_h, kernel_w) >= kMaxLength) {
    return node.Invalid(fmt::format("kernel {}x{} is out of range", kernel_h, kernel_w));
  }
  IMCC_ASSIGN(const std::vector<int64_t> strides, ReadPair(node, "strides", 1));
  IMCC_ASSIGN(const std::vector<int64_t> dilations, ReadPair(node, "dilations", 1));
  Window window{.kernel_h = kernel_h,
                .kernel_w = kernel_w,
                .stride_h = strides[0],
                .stride_w = strides[1],
                .dilation_h = dilations[0],
                .dilation_w = dilations[1]};
  const std::string auto_pad = node.String("auto_pad", "NOTSET");
  if (auto_pad == "NOTSET" || auto_pad.empty()) {
    IMCC_ASSIGN(window.padding, ReadPads(node));
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

Window WithCeilMode(Window window, const Shape& input) {
  Padding& p = window.padding;
  p.bottom = CeilExtension(input[1], p.top, p.bottom, window.extent_h(), window.stride_h);
  p.right = CeilExtension(input[2], p.left, p.right, window.extent_w(), window.stride_w);
  return window;
}

}  // namespace imcc
