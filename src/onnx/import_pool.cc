// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "onnx/operators.h"
#include "onnx/window_attributes.h"

namespace imcc {
namespace {

Window WholePlane(const Shape& stored) { return {.kernel_h = stored[1], .kernel_w = stored[2]}; }

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
  IMCC_ASSIGN(TensorId x, importer.ChannelsLast(node, given));
  const Shape input = importer.graph().tensor(x).shape;
  const auto kernel = node.Ints("kernel_shape");
  if (!kernel || kernel->size() != 2) {
    return node.Unsupported(
        "kernel_shape does not have two entries; only 2-D pooling is supported");
  }
  IMCC_ASSIGN(Window window, ReadWindow(node, input, (*kernel)[0], (*kernel)[1]));
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
  return importer.Emit(node, {.kind = average ? OpKind::kAveragePool : OpKind::kMaxPool,
                              .inputs = {x},
                              .attributes = PoolAttributes{window, count_pad},
                              .layout = Layout::kChannelsLast});
}

Status ImportGlobalPool(Importer& importer, const OnnxNode& node) {
  const bool average = node.op() == "GlobalAveragePool";
  IMCC_ASSIGN(const TensorId given, importer.InputTensor(node, 0));
  IMCC_ASSIGN(const TensorId x, importer.ChannelsLast(node, given));
  const Window window = WholePlane(importer.graph().tensor(x).shape);
  return importer.Emit(node, {.kind = average ? OpKind::kAveragePool : OpKind::kMaxPool,
                              .inputs = {x},
                              .attributes = PoolAttributes{window},
                              .layout = Layout::kChannelsLast});
}

Status ImportReduceMean(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId given, importer.InputTensor(node, 0));
  const Shape shape = ExternalShape(importer.graph().tensor(given));
  auto axes = node.Ints("axes");
  if (node.opset() >= 18 && node.has_input(1)) {
    IMCC_ASSIGN(axes, importer.IntsInput(node, 1));
  }
  if (!axes) axes.emplace();
  for (int64_t& axis : *axes) {
    IMCC_ASSIGN(axis, NormalizeAxis(node, axis, shape.rank()));
  }
  std::sort(axes->begin(), axes->end());
  // A plain rank-4 tensor averaged over axes 1 and 2 is an [N,H,W,C] model: stored as we need it.
  const bool plain_spatial = *axes == std::vector<int64_t>{1, 2} && shape.rank() == 4 &&
                             importer.graph().tensor(given).layout == Layout::kPlain;
  if (!plain_spatial && (shape.rank() != 4 || *axes != std::vector<int64_t>{2, 3})) {
    return node.Unsupported("averages over other axes than height and width",
                            "use GlobalAveragePool");
  }
  TensorId x = given;
  if (!plain_spatial) {
    IMCC_ASSIGN(x, importer.ChannelsLast(node, given));
  }
  const Layout layout = importer.graph().tensor(x).layout;
  Importer::Emission pool{
      .kind = OpKind::kAveragePool,
      .inputs = {x},
      .attributes = PoolAttributes{WholePlane(importer.graph().tensor(x).shape)},
      .layout = layout};
  if (node.Int("keepdims", 1) != 0) return importer.Emit(node, std::move(pool));
  IMCC_ASSIGN(x, importer.EmitStep(node, "_kept", std::move(pool)));
  const Shape flat{shape[0], importer.graph().tensor(x).shape[3]};
  return importer.Emit(node, {.kind = OpKind::kReshape, .inputs = {x}, .shape = flat});
}

}  // namespace imcc
