// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "ir/quantized_graph.h"

namespace imcc {
namespace {

/// Where output line `i` lies in the input (ONNX Resize, coordinate_transformation_mode). In
/// float32, as ONNX Runtime computes it: at ties the nearest line depends on the rounding.
float SourceCoordinate(ResizeAttributes::Coordinates rule, int64_t i, int64_t in, int64_t out,
                       float scale) {
  const auto x = static_cast<float>(i);
  switch (rule) {
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

ResizeTap LinearTap(float x, int64_t in) {
  constexpr double kOne = 1 << 15;
  const float inside = std::clamp(x, 0.0F, static_cast<float>(in - 1));
  const auto lo = static_cast<int64_t>(inside);
  const double weight = static_cast<double>(inside) - static_cast<double>(lo);
  return {.lo = static_cast<uint16_t>(lo),
          .hi = static_cast<uint16_t>(std::min(lo + 1, in - 1)),
          .weight = static_cast<uint16_t>(std::nearbyint(weight * kOne))};
}

}  // namespace

std::vector<ResizeTap> MakeResizeTaps(const ResizeAttributes& attributes, int64_t in, int64_t out,
                                      double scale) {
  IMCC_CHECK(in >= 1 && in <= 65536, "resize taps address 65536 lines");
  std::vector<ResizeTap> taps;
  for (int64_t i = 0; i < out; ++i) {
    const float x = SourceCoordinate(attributes.coordinates, i, in, out, static_cast<float>(scale));
    if (attributes.mode == ResizeAttributes::Mode::kLinear) {
      taps.push_back(LinearTap(x, in));
    } else {
      const float line =
          std::clamp(RoundTo(attributes.nearest, x), 0.0F, static_cast<float>(in - 1));
      taps.push_back({static_cast<uint16_t>(line), static_cast<uint16_t>(line), 0});
    }
  }
  return taps;
}

}  // namespace imcc
