// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "ir/shape.h"
#include "ir/window.h"
#include "quantize/sum_under_taps.h"

namespace imcc {

/// Mean input under every tap of a sliding window, over all its positions and all samples. A sum of
/// products is linear in its input, so these means give the mean of every output channel, padded
/// borders included, for any weights. Memory is that of one window, however many samples there are.
class TapMeans {
 public:
  TapMeans(const Window& window, const FeatureMap& input);

  /// Adds one sample, in stored order. Sums depend on the order of samples in their last bits.
  void Add(const float* values);

  /// [tap][channel]; padding counts as 0. All 0 before anything was added.
  std::vector<double> Means() const;

 private:
  void AddRow(const float* row, int64_t y);

  Window window_;
  FeatureMap input_;
  FeatureMap output_;
  RowTaps row_taps_;
  int64_t samples_ = 0;
  std::vector<double> sums_;      // [tap][channel]
  std::vector<double*> targets_;  // Rows of taps that meet the row at hand.
};

}  // namespace imcc
