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
      row_taps_(window, input, output_.width),
      sums_(static_cast<size_t>(window.taps() * input.channels)) {}

void TapMeans::Add(const float* values) {
  ++samples_;
  for (int64_t y = 0; y < input_.height; ++y)
    AddRow(values + y * input_.width * input_.channels, y);
}

/// A row belongs to every row of taps that meets it.
void TapMeans::AddRow(const float* row, int64_t y) {
  const auto meets = [&](int64_t row_tap) {
    const int64_t from_top = y + window_.padding.top - row_tap * window_.dilation_h;
    return from_top >= 0 && from_top % window_.stride_h == 0 &&
           from_top / window_.stride_h < output_.height;
  };
  targets_.clear();
  for (int64_t i = 0; i < window_.kernel_h; ++i) {
    if (meets(i)) targets_.push_back(sums_.data() + i * window_.kernel_w * input_.channels);
  }
  if (!targets_.empty()) SumUnderTaps(row, row_taps_, targets_);
}

std::vector<double> TapMeans::Means() const {
  const auto count = static_cast<double>(std::max<int64_t>(samples_ * output_.pixels(), 1));
  std::vector<double> means = sums_;
  for (double& mean : means) mean /= count;
  return means;
}

}  // namespace imcc
