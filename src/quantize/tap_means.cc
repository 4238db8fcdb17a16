// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/tap_means.h"

#include <algorithm>

#include "ir/quantized_graph.h"

namespace imcc {

TapMeans::TapMeans(const Window& window, const FeatureMap& input)
    : window_(window),
      input_(input),
      output_(WindowOutput(window, input, input.channels)),
      sums_(static_cast<size_t>(window.taps() * input.channels)),
      row_sums_(static_cast<size_t>(input.channels)) {}

void TapMeans::Add(const float* values) {
  ++samples_;
  for (int64_t y = 0; y < input_.height; ++y)
    AddRow(values + y * input_.width * input_.channels, y);
}

/// A row is summed once for each tap along it, then belongs to every row of taps that meets it.
void TapMeans::AddRow(const float* row, int64_t y) {
  const auto meets = [&](int64_t row_tap) {
    const int64_t from_top = y + window_.padding.top - row_tap * window_.dilation_h;
    return from_top >= 0 && from_top % window_.stride_h == 0 &&
           from_top / window_.stride_h < output_.height;
  };
  for (int64_t j = 0; j < window_.kernel_w; ++j) {
    SumUnderTap(row, j);
    for (int64_t i = 0; i < window_.kernel_h; ++i) {
      if (!meets(i)) continue;
      double* const sums = sums_.data() + (i * window_.kernel_w + j) * input_.channels;
      for (int64_t c = 0; c < input_.channels; ++c) sums[c] += row_sums_[static_cast<size_t>(c)];
    }
  }
}

void TapMeans::SumUnderTap(const float* row, int64_t column_tap) {
  std::fill(row_sums_.begin(), row_sums_.end(), 0.0);
  for (int64_t out = 0; out < output_.width; ++out) {
    const int64_t x =
        out * window_.stride_w + column_tap * window_.dilation_w - window_.padding.left;
    if (x < 0 || x >= input_.width) continue;
    const float* const pixel = row + x * input_.channels;
    for (int64_t c = 0; c < input_.channels; ++c)
      row_sums_[static_cast<size_t>(c)] += static_cast<double>(pixel[c]);
  }
}

std::vector<double> TapMeans::Means() const {
  const auto count = static_cast<double>(std::max<int64_t>(samples_ * output_.pixels(), 1));
  std::vector<double> means = sums_;
  for (double& mean : means) mean /= count;
  return means;
}

}  // namespace imcc
