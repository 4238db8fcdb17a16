// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/correct_bias.h"

#include <algorithm>
#include <cmath>

namespace imcc {
namespace {

/// Mean over samples and positions of what rounding took from output channel `n`.
double MeanError(const FloatConv& conv, const QConv& quantized, const std::vector<double>& means,
                 int64_t n) {
  const int64_t channels = conv.in_channels / conv.groups;
  const int64_t first = n / (conv.out_channels / conv.groups) * channels;
  const auto scale = static_cast<double>(quantized.weight_scales[static_cast<size_t>(n)]);
  double error = 0;
  for (int64_t tap = 0; tap < conv.window.taps(); ++tap) {
    for (int64_t c = 0; c < channels; ++c) {
      const auto k = static_cast<size_t>((n * conv.window.taps() + tap) * channels + c);
      const double lost = static_cast<double>(conv.weights[k]) - scale * quantized.weights[k];
      error += lost * means[static_cast<size_t>(tap * conv.in_channels + first + c)];
    }
  }
  return error;
}

}  // namespace

void CorrectBias(const FloatConv& conv, const Quantization& x, const std::vector<double>& tap_means,
                 QConv& quantized) {
  for (int64_t n = 0; n < conv.out_channels; ++n) {
    const auto index = static_cast<size_t>(n);
    // Inputs with a scale per channel are those of depthwise convolutions: channel n reads n.
    const double scale =
        static_cast<double>(x.scale_of(n)) * static_cast<double>(quantized.weight_scales[index]);
    const double corrected =
        static_cast<double>(conv.bias[index]) + MeanError(conv, quantized, tap_means, n);
    // Values far outside the calibrated range could carry the bias away; sums must stay in int32.
    const double q = std::clamp(std::nearbyint(corrected / scale), -0x1p29, 0x1p29);
    quantized.bias[index] = static_cast<int32_t>(q);
  }
}

}  // namespace imcc
