// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "reference/integer_kernels.h"

namespace imcc {
namespace {

/// Rows and columns of the input below one window.
struct TapArea {
  std::vector<int64_t> rows;
  std::vector<int64_t> columns;
};

std::vector<int64_t> Inside(int64_t first, int64_t count, int64_t dilation, int64_t limit) {
  std::vector<int64_t> lines;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t line = first + i * dilation;
    if (line >= 0 && line < limit) lines.push_back(line);
  }
  return lines;
}

/// Calls visit(pixel values) for every tap of the window inside the plane.
template <class Visit>
void ForEachTap(const TapArea& taps, Int8View x, const FeatureMap& in, const Visit& visit) {
  for (const int64_t row : taps.rows) {
    for (const int64_t column : taps.columns)
      visit(x.values + (row * in.width + column) * in.channels);
  }
}

void Maximum(const QPool& pool, const TapArea& taps, Int8View x, const FeatureMap& in, int8_t* y) {
  std::fill_n(y, in.channels, int8_t{-128});
  ForEachTap(taps, x, in, [&](const int8_t* pixel) {
    for (int64_t c = 0; c < in.channels; ++c) y[c] = std::max(y[c], pixel[c]);
  });
  for (int64_t c = 0; c < in.channels; ++c) y[c] = std::clamp(y[c], pool.clamp.lo, pool.clamp.hi);
}

void Average(const QPool& pool, const TapArea& taps, Int8View x, const FeatureMap& in,
             std::vector<int32_t>& sums, int32_t zero_point, int8_t* y) {
  const auto inside = static_cast<int64_t>(taps.rows.size() * taps.columns.size());
  // A window wholly in the border has nothing to average: real 0.
  const int64_t counted =
      std::max<int64_t>(pool.count_include_pad ? pool.window.taps() : inside, 1);
  std::fill(sums.begin(), sums.end(), 0);
  ForEachTap(taps, x, in, [&](const int8_t* pixel) {
    for (size_t c = 0; c < sums.size(); ++c) sums[c] += pixel[c];
  });
  const Requantizer requantizer = AverageRequantizer(pool.scale_ratio, counted);
  const auto offset = static_cast<int32_t>(inside * x.zero_point());
  for (size_t c = 0; c < sums.size(); ++c)
    y[c] = Requantize(sums[c] - offset, requantizer, zero_point, pool.clamp);
}

}  // namespace

void RunPool(const QPool& pool, Int8View x, Int8Output y) {
  const FeatureMap in = x.map();
  const FeatureMap out = y.map();
  const Window& w = pool.window;
  std::vector<int32_t> sums(static_cast<size_t>(in.channels));
  TapArea taps;
  for (int64_t i = 0; i < out.height; ++i) {
    taps.rows = Inside(i * w.stride_h - w.padding.top, w.kernel_h, w.dilation_h, in.height);
    for (int64_t j = 0; j < out.width; ++j) {
      taps.columns = Inside(j * w.stride_w - w.padding.left, w.kernel_w, w.dilation_w, in.width);
      int8_t* pixel = y.values + (i * out.width + j) * out.channels;
      if (pool.kind == QPool::Kind::kMax)
        Maximum(pool, taps, x, in, pixel);
      else
        Average(pool, taps, x, in, sums, y.zero_point(), pixel);
    }
  }
}

}  // namespace imcc
