// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tiling/tiling.h"

namespace imcc {

namespace {

/// Lines of the input that output lines [begin, end) of a sliding window touch, clipped to the
/// plane. Lines made of padding alone still get one line, so that a tile is never empty.
Interval<int64_t> WindowLines(Interval<int64_t> out, int64_t stride, int64_t extent, int64_t pad,
                              int64_t size) {
  const int64_t begin = out.begin * stride - pad;
  const int64_t end = (out.end - 1) * stride - pad + extent;
  const int64_t first = std::clamp<int64_t>(begin, 0, size - 1);
  return {first, std::clamp<int64_t>(end, first + 1, size)};
}

Box WindowBox(const Window& window, const FeatureMap& input, const Box& output) {
  return {WindowLines(output.rows, window.stride_h, window.extent_h(), window.padding.top,
                      input.height),
          WindowLines(output.columns, window.stride_w, window.extent_w(), window.padding.left,
                      input.width)};
}

/// Whole rows that hold the sources of a box of output pixels; only columns where one row does.
Box MoveBox(const ElementView& view, const FeatureMap& input, const FeatureMap& map,
            const Box& output) {
  const int64_t first = output.rows.begin * map.width + output.columns.begin;
  const int64_t last = (output.rows.end - 1) * map.width + output.columns.end - 1;
  const Interval<int64_t> sources = view.Sources({first * map.channels, (last + 1) * map.channels});
  const Interval<int64_t> pixels{sources.begin / input.channels,
                                 (sources.end - 1) / input.channels + 1};
  const Interval<int64_t> rows{pixels.begin / input.width, (pixels.end - 1) / input.width + 1};
  if (rows.end - rows.begin > 1) return {rows, {0, input.width}};
  return {rows, {pixels.begin - rows.begin * input.width, pixels.end - rows.begin * input.width}};
}

Interval<int64_t> ResizeLines(const std::vector<ResizeTap>& taps, Interval<int64_t> out) {
  Interval<int64_t> lines{taps[static_cast<size_t>(out.begin)].lo, 0};
  for (int64_t i = out.begin; i < out.end; ++i) {
    const ResizeTap& tap = taps[static_cast<size_t>(i)];
    lines.begin = std::min<int64_t>({lines.begin, tap.lo, tap.hi});
    lines.end = std::max<int64_t>({lines.end, tap.lo + 1, tap.hi + 1});
  }
  return lines;
}

}  // namespace

Box InputBox(const Kernel& kernel, size_t operand, const Box& output) {
  const FeatureMap& input = kernel.inputs[operand].map;
  if (const ImcKernel* imc = kernel.imc()) {
    // All columns of the matrices that the rows of the output are multiplied with.
    if (operand == 1 && imc->has_computed_weights())
      return {imc->matrices == 1 ? Interval<int64_t>{0, 1} : output.rows, {0, input.width}};
    return operand == 1 ? output : WindowBox(imc->window, input, output);
  }
  if (const WindowKernel* window = kernel.window())
    return window->is_global() ? Box{{0, input.height}, {0, input.width}}
                               : WindowBox(window->window, input, output);
  if (const ResizeKernel* resize = kernel.resize())
    return {ResizeLines(resize->rows, output.rows), ResizeLines(resize->columns, output.columns)};
  if (const MoveKernel* move = kernel.move())
    return MoveBox(move->view, input, kernel.output.box, output);
  const ElementwiseKernel* elementwise = kernel.elementwise();
  if (elementwise != nullptr && elementwise->broadcast_b && operand == 1) return {{0, 1}, {0, 1}};
  return output;
}

}  // namespace imcc
