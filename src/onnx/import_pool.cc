// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "onnx/feature_map.h"
#include "onnx/operators.h"
#include "onnx/window_attributes.h"

namespace imcc {
namespace {

Padding Minus(const Padding& a, const Padding& b) {
  return {a.top - b.top, a.left - b.left, a.bottom - b.bottom, a.right - b.right};
}

}  // namespace

Status ImportPool(Importer& importer, const OnnxNode& node) {
  const bool average = node.op() == "AveragePool";
  if (!node.output(1).empty()) {
    return node.Unsupported("its second output (Indices) is used");
  }
  IMCC_ASSIGN(const TensorId given, importer.InputTensor(node, 0));
  const auto kernel = node.Ints("kernel_shape");
  if (!kernel || kernel->empty() || kernel->size() > 2) {
    return node.Unsupported(
        "kernel_shape does not have one or two entries; only 1-D and 2-D pooling is supported");
  }
  const size_t spatial = kernel->size();
  IMCC_ASSIGN(TensorId x, FeatureMapOf(importer, node, given, spatial));
  const Shape input = importer.graph().tensor(x).shape;
  const int64_t height = spatial == 1 ? 1 : kernel->front();
  IMCC_ASSIGN(Window window, ReadWindow(node, input, height, kernel->back(), spatial));
  bool count_pad = average && node.Int("count_include_pad", 0) != 0;
  if (node.Int("ceil_mode", 0) != 0) {
    const Padding explicit_pads = window.padding;
    window = WithCeilMode(window, input);
    // The rows that rounding up adds never count; the explicit ones do if asked for.
    if (count_pad && window.padding != explicit_pads) {
      window.padding = Minus(window.padding, explicit_pads);
      count_pad = false;
      if (explicit_pads.any()) {
        IMCC_ASSIGN(x, importer.EmitStep(node, "_padded",
                                         {.kind = OpKind::kPad,
                                          .inputs = {x},
                                          .attributes = PadAttributes{explicit_pads, 0},
                                          .layout = Layout::kChannelsLast}));
      }
    }
  }
  return EmitFeatureMap(importer, node, spatial,
                        {.kind = average ? OpKind::kAveragePool : OpKind::kMaxPool,
                         .inputs = {x},
                         .attributes = PoolAttributes{window, count_pad},
                         .layout = Layout::kChannelsLast});
}

}  // namespace imcc
