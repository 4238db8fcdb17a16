// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "tiling/tiling.h"
#include "tiling/verify_stripes.h"

namespace imcc {

namespace {

Error Broken(const Kernel& kernel, const std::string& what) {
  return Error{.code = ErrorCode::kUnsupported, .subject = kernel.name, .message = what};
}

bool Inside(const Box& inner, const FeatureMap& plane) {
  return inner.rows.begin >= 0 && inner.rows.end <= plane.height && inner.columns.begin >= 0 &&
         inner.columns.end <= plane.width && !inner.rows.empty() && !inner.columns.empty();
}

/// Marks the pixels of `box` in a plane of counters.
void Count(const Box& box, int64_t width, std::vector<int>& counts) {
  for (int64_t y = box.rows.begin; y < box.rows.end; ++y)
    for (int64_t x = box.columns.begin; x < box.columns.end; ++x)
      ++counts[static_cast<size_t>(y * width + x)];
}

/// Every in-plane line a window tap of `out` lines reads is inside `in`.
bool LinesCovered(Interval<int64_t> out, Interval<int64_t> in, int64_t kernel, int64_t stride,
                  int64_t dilation, int64_t pad, int64_t size) {
  for (int64_t o = out.begin; o < out.end; ++o)
    for (int64_t k = 0; k < kernel; ++k) {
      const int64_t line = o * stride - pad + k * dilation;
      if (line >= 0 && line < size && !in.Contains(line)) return false;
    }
  return true;
}

bool WindowCovered(const Window& window, const FeatureMap& input, const Tile& tile) {
  return LinesCovered(tile.output.rows, tile.inputs[0].rows, window.kernel_h, window.stride_h,
                      window.dilation_h, window.padding.top, input.height) &&
         LinesCovered(tile.output.columns, tile.inputs[0].columns, window.kernel_w, window.stride_w,
                      window.dilation_w, window.padding.left, input.width);
}

bool TapsCovered(const std::vector<ResizeTap>& taps, Interval<int64_t> out, Interval<int64_t> in) {
  for (int64_t o = out.begin; o < out.end; ++o) {
    const ResizeTap& tap = taps[static_cast<size_t>(o)];
    if (!in.Contains(tap.lo) || !in.Contains(tap.hi)) return false;
  }
  return true;
}

bool MoveCovered(const Kernel& kernel, const Tile& tile) {
  const FeatureMap& in = kernel.inputs[0].map;
  const FeatureMap& out = kernel.output.box;
  for (int64_t y = tile.output.rows.begin; y < tile.output.rows.end; ++y)
    for (int64_t x = tile.output.columns.begin; x < tile.output.columns.end; ++x)
      for (int64_t c = 0; c < out.channels; ++c) {
        const int64_t element = (y * out.width + x) * out.channels + c;
        const int64_t pixel = kernel.move()->view.Source(element) / in.channels;
        if (!tile.inputs[0].rows.Contains(pixel / in.width) ||
            !tile.inputs[0].columns.Contains(pixel % in.width))
          return false;
      }
  return true;
}

/// Every row of the output finds its matrix, and every column of it.
bool MatricesCovered(const Kernel& kernel, const Tile& tile) {
  const FeatureMap& weights = kernel.inputs[1].map;
  for (int64_t y = tile.output.rows.begin; y < tile.output.rows.end; ++y)
    if (!tile.inputs[1].rows.Contains(weights.height == 1 ? 0 : y)) return false;
  return tile.inputs[1].columns == Interval<int64_t>{0, kernel.output.box.channels};
}

bool InputsCovered(const Kernel& kernel, const Tile& tile) {
  if (const ImcKernel* imc = kernel.imc())
    return WindowCovered(imc->window, kernel.inputs[0].map, tile) &&
           (!imc->has_computed_weights() || MatricesCovered(kernel, tile));
  if (const WindowKernel* window = kernel.window())
    return window->is_global() || WindowCovered(window->window, kernel.inputs[0].map, tile);
  if (const ResizeKernel* resize = kernel.resize())
    return TapsCovered(resize->rows, tile.output.rows, tile.inputs[0].rows) &&
           TapsCovered(resize->columns, tile.output.columns, tile.inputs[0].columns);
  if (kernel.move()) return MoveCovered(kernel, tile);
  for (size_t i = 0; i < tile.inputs.size(); ++i) {
    const bool broadcast = i == 1 && kernel.elementwise() && kernel.elementwise()->broadcast_b;
    if (!broadcast && tile.inputs[i] != tile.output) return false;
  }
  return true;
}

}  // namespace

Status Verify(const TilePlan& plan, const MappedNetwork& network) {
  size_t next = 0;
  for (const TileGroup& group : plan.groups) {
    if (group.first.index() != next || group.count < 1)
      return Broken(network.kernels[next], "a kernel is in no group, or in two");
    next += static_cast<size_t>(group.count);
    if (group.is_striped()) IMCC_TRY(VerifyStripes(group, network));
  }
  if (next != network.kernels.size())
    return Broken(network.kernels[next], "a kernel is in no group, or in two");
  for (size_t i = 0; i < network.kernels.size(); ++i) {
    const Kernel& kernel = network.kernels[i];
    const bool global = kernel.is_global_pool();
    const FeatureMap& plane = global ? kernel.inputs[0].map : kernel.output.box;
    std::vector<int> counts(static_cast<size_t>(plane.pixels()));
    for (const Tile& tile : plan.kernels[i].tiles) {
      for (size_t k = 0; k < tile.inputs.size(); ++k)
        if (!Inside(tile.inputs[k], kernel.inputs[k].map))
          return Broken(kernel, "a tile reads outside its input");
      if (!Inside(tile.output, kernel.output.box))
        return Broken(kernel, "a tile writes outside its output");
      if (!InputsCovered(kernel, tile)) return Broken(kernel, "a tile's input box is too small");
      Count(global ? tile.inputs[0] : tile.output, plane.width, counts);
    }
    for (const int count : counts)
      if (count != 1)
        return Broken(kernel, fmt::format("a pixel is computed {} times, not once", count));
  }
  return {};
}

}  // namespace imcc
