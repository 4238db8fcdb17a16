// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"

namespace imcc {

/// What int8 does to one tensor, over all samples. Ratios are signal to noise in decibels, and
/// missing where there is no noise (or no signal).
struct TensorExplanation {
  std::string layer;  // Node that computes it; empty for inputs of the device.
  std::string op;     // As the model spells it, or "input".
  std::string tensor;
  int64_t scales = 1;        // More than one: a scale a channel; then the first stands below.
  float scale = 0;           // real = scale * (q - zero_point).
  int32_t zero_point = 0;    // In [-128, 127].
  Interval<float> range;     // Smallest and largest value that int8 holds (of any channel).
  Interval<float> seen;      // Smallest and largest float value.
  int64_t values = 0;        // Looked at.
  double clipped_share = 0;  // Of the values: farther than half a step outside the range.
  double crest = 0;          // Largest magnitude / root mean square.
  std::optional<double> rounded_db;      // The float values, rounded to int8 and nothing else.
  std::optional<double> isolated_db;     // This layer in int8, on inputs taken as exact.
  std::optional<double> accumulated_db;  // All layers up to this one in int8.
  /// Values in bins of one width: kHistogramBins over the range, and half as many in all beyond
  /// each of its ends; the outermost also count what lies farther out.
  std::vector<int64_t> histogram;
  std::string suggestion;  // What may help; empty where little is lost.
};
constexpr int64_t kHistogramBins = 64;
constexpr int64_t kHistogramMargin = kHistogramBins / 4;  // Bins beyond each end of the range.

struct QuantizationReport {
  int64_t samples = 0;
  std::vector<TensorExplanation> tensors;  // Inputs of the device, then its nodes in order.
  std::vector<size_t> worst;               // Of `tensors`: the ten lowest isolated ratios.
};

}  // namespace imcc
