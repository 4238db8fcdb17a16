// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "reference/float_kernels.h"

namespace imcc {
namespace {

/// Taps of one window position along one axis that lie inside the plane.
struct Taps {
  int64_t first = 0;  // Coordinate of the first tap inside.
  int64_t count = 0;
};

std::vector<Taps> ClipTaps(int64_t in, int64_t out, int64_t kernel, int64_t stride,
                           int64_t dilation, int64_t pad) {
  std::vector<Taps> taps(static_cast<size_t>(out));
  for (int64_t i = 0; i < out; ++i) {
    const int64_t start = i * stride - pad;
    const int64_t skipped = start < 0 ? CeilDiv(-start, dilation) : 0;
    const int64_t first = start + skipped * dilation;
    const int64_t inside = first < in ? CeilDiv(in - first, dilation) : 0;
    taps[static_cast<size_t>(i)] = {first, std::clamp<int64_t>(kernel - skipped, 0, inside)};
  }
  return taps;
}

struct Pool {
  bool max = false;
  bool count_include_pad = false;
  Window window;
  Shape in;
  Shape out;
  std::vector<Taps> rows, columns;

  void Run(const float* x, float* y) const {
    for (int64_t n = 0; n < out[0]; ++n, x += in[1] * in[2] * in[3]) {
      for (const Taps& row : rows) {
        for (const Taps& column : columns) {
          RunPosition(x, row, column, y);
          y += out[3];
        }
      }
    }
  }

  /// Three pixels at a time: what is computed by then is read and written once for them.
  template <class Operation>
  void Fold(const float* pixel, int64_t count, float* y, Operation op) const {
    const int64_t channels = in[3];
    const int64_t step = window.dilation_w * channels;
    for (; count >= 3; count -= 3, pixel += 3 * step) {
      const float* second = pixel + step;
      const float* third = second + step;
      for (int64_t c = 0; c < channels; ++c) y[c] = op(op(op(y[c], pixel[c]), second[c]), third[c]);
    }
    for (; count > 0; --count, pixel += step) {
      for (int64_t c = 0; c < channels; ++c) y[c] = op(y[c], pixel[c]);
    }
  }

  void RunPosition(const float* x, const Taps& row, const Taps& column, float* y) const {
    std::fill_n(y, in[3], max ? std::numeric_limits<float>::lowest() : 0.0F);
    for (int64_t i = 0; i < row.count; ++i) {
      const int64_t y_in = row.first + i * window.dilation_h;
      const float* pixels = x + (y_in * in[2] + column.first) * in[3];
      if (max)
        Fold(pixels, column.count, y, [](float a, float b) { return std::max(a, b); });
      else
        Fold(pixels, column.count, y, [](float a, float b) { return a + b; });
    }
    if (max) return;
    const int64_t inside = std::max<int64_t>(row.count * column.count, 1);
    const auto divisor = static_cast<float>(count_include_pad ? window.taps() : inside);
    for (int64_t c = 0; c < in[3]; ++c) y[c] /= divisor;
  }
};

}  // namespace

FloatKernel MakePoolKernel(const Graph& graph, const Node& node) {
  const auto& attributes = node.as<PoolAttributes>();
  const Window& w = attributes.window;
  Pool pool{.max = node.kind == OpKind::kMaxPool,
            .count_include_pad = attributes.count_include_pad,
            .window = w,
            .in = graph.tensor(node.inputs[0]).shape,
            .out = graph.tensor(node.output).shape};
  pool.rows =
      ClipTaps(pool.in[1], pool.out[1], w.kernel_h, w.stride_h, w.dilation_h, w.padding.top);
  pool.columns =
      ClipTaps(pool.in[2], pool.out[2], w.kernel_w, w.stride_w, w.dilation_w, w.padding.left);
  return [pool = std::move(pool)](std::span<const float* const> inputs, float* output) {
    pool.Run(inputs[0], output);
  };
}

}  // namespace imcc
