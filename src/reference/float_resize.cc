// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "reference/float_kernels.h"

namespace imcc {
namespace {

/// Where output coordinate `i` lies in the input (ONNX Resize, coordinate_transformation_mode). In
/// float32, as ONNX Runtime computes it: at ties the nearest source depends on the rounding.
float SourceCoordinate(const ResizeAttributes& attributes, int64_t i, int64_t in, int64_t out,
                       float scale) {
  const auto x = static_cast<float>(i);
  switch (attributes.coordinates) {
    case ResizeAttributes::Coordinates::kHalfPixel:
      return (x + 0.5F) / scale - 0.5F;
    case ResizeAttributes::Coordinates::kPytorchHalfPixel:
      return out > 1 ? (x + 0.5F) / scale - 0.5F : 0.0F;
    case ResizeAttributes::Coordinates::kAlignCorners:
      return out > 1 ? x * static_cast<float>(in - 1) / static_cast<float>(out - 1) : 0.0F;
    case ResizeAttributes::Coordinates::kAsymmetric:
      return x / scale;
  }
  IMCC_CHECK(false, "unknown Resize coordinates");
}

float RoundTo(ResizeAttributes::Nearest rule, float x) {
  switch (rule) {
    case ResizeAttributes::Nearest::kRoundPreferFloor:
      return std::ceil(x - 0.5F);
    case ResizeAttributes::Nearest::kRoundPreferCeil:
      return std::floor(x + 0.5F);
    case ResizeAttributes::Nearest::kFloor:
      return std::floor(x);
    case ResizeAttributes::Nearest::kCeil:
      return std::ceil(x);
  }
  IMCC_CHECK(false, "unknown Resize nearest_mode");
}

/// One output line: (1 - weight) * lo + weight * hi.
struct Line {
  int64_t lo = 0;
  int64_t hi = 0;
  float weight = 0;
};

std::vector<Line> MakeLines(const ResizeAttributes& attributes, int64_t in, int64_t out,
                            double scale) {
  std::vector<Line> lines(static_cast<size_t>(out));
  const auto last = static_cast<float>(in - 1);
  for (int64_t i = 0; i < out; ++i) {
    const float x = SourceCoordinate(attributes, i, in, out, static_cast<float>(scale));
    Line& line = lines[static_cast<size_t>(i)];
    if (attributes.mode == ResizeAttributes::Mode::kNearest) {
      line.lo = line.hi =
          static_cast<int64_t>(std::clamp(RoundTo(attributes.nearest, x), 0.0F, last));
    } else {
      const float inside = std::clamp(x, 0.0F, last);
      line.lo = static_cast<int64_t>(inside);
      line.hi = std::min(line.lo + 1, in - 1);
      line.weight = inside - static_cast<float>(line.lo);
    }
  }
  return lines;
}

struct Resize {
  bool linear = false;
  Shape in;
  std::vector<Line> rows, columns;

  void Run(const float* x, float* y) const {
    for (int64_t n = 0; n < in[0]; ++n, x += in[1] * in[2] * in[3]) {
      for (const Line& row : rows) {
        for (const Line& column : columns) {
          RunPixel(x, row, column, y);
          y += in[3];
        }
      }
    }
  }

  void RunPixel(const float* x, const Line& row, const Line& column, float* y) const {
    const auto at = [&](int64_t i, int64_t j) { return x + (i * in[2] + j) * in[3]; };
    const float* a = at(row.lo, column.lo);
    if (!linear) {
      std::copy_n(a, in[3], y);
      return;
    }
    const float* b = at(row.lo, column.hi);
    const float* c = at(row.hi, column.lo);
    const float* d = at(row.hi, column.hi);
    const float u = column.weight;
    const float v = row.weight;
    for (int64_t i = 0; i < in[3]; ++i)
      y[i] = (1 - v) * ((1 - u) * a[i] + u * b[i]) + v * ((1 - u) * c[i] + u * d[i]);
  }
};

}  // namespace

FloatKernel MakeResizeKernel(const Graph& graph, const Node& node) {
  const auto& attributes = node.as<ResizeAttributes>();
  const Shape& in = graph.tensor(node.inputs[0]).shape;
  const Shape& out = graph.tensor(node.output).shape;
  Resize resize{.linear = attributes.mode == ResizeAttributes::Mode::kLinear,
                .in = in,
                .rows = MakeLines(attributes, in[1], out[1], attributes.scale_h),
                .columns = MakeLines(attributes, in[2], out[2], attributes.scale_w)};
  return [resize = std::move(resize)](std::span<const float* const> inputs, float* output) {
    resize.Run(inputs[0], output);
  };
}

}  // namespace imcc
