// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/quantize_conv.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace imcc {
namespace {

/// Biases stay below a quarter of int32; the other half is for the products and the zero point.
constexpr double kMaxBias = 1 << 29;

/// Input channel that output channel `n` of a depthwise convolution reads; 0 where all are alike.
int64_t ScaleChannel(const QConv& conv, int64_t n) { return conv.is_depthwise() ? n : 0; }

float ChooseWeightScale(const float* weights, int64_t count, float bias, float x_scale) {
  float largest = 0;
  for (int64_t k = 0; k < count; ++k) largest = std::max(largest, std::abs(weights[k]));
  float scale = largest / 127.0F;
  // A channel without weights has any scale; PyTorch takes the machine epsilon.
  if (!std::isnormal(scale)) scale = std::numeric_limits<float>::epsilon();
  const double least =
      std::abs(static_cast<double>(bias)) / (kMaxBias * static_cast<double>(x_scale));
  return std::max(scale, static_cast<float>(least));
}

int8_t QuantizeWeight(float weight, float scale) {
  return static_cast<int8_t>(std::clamp(std::nearbyint(weight / scale), -127.0F, 127.0F));
}

int32_t QuantizeBias(float bias, float scale) {
  const double q = std::nearbyint(static_cast<double>(bias) / static_cast<double>(scale));
  return static_cast<int32_t>(std::clamp(q, -2147483647.0, 2147483647.0));
}

}  // namespace

QConv QuantizeConv(const FloatConv& conv, const Quantization& x, const Quantization& y,
                   ClampRange clamp) {
  QConv result{.window = conv.window,
               .groups = conv.groups,
               .in_channels = conv.in_channels,
               .out_channels = conv.out_channels,
               .clamp = clamp};
  const int64_t taps = result.taps_per_output();
  result.weights.reserve(conv.weights.size());
  for (int64_t n = 0; n < conv.out_channels; ++n) {
    const float* weights = conv.weights.data() + n * taps;
    const float bias = conv.bias[static_cast<size_t>(n)];
    const float x_scale = x.scale_of(ScaleChannel(result, n));
    const float scale = ChooseWeightScale(weights, taps, bias, x_scale);
    for (int64_t k = 0; k < taps; ++k) result.weights.push_back(QuantizeWeight(weights[k], scale));
    result.weight_scales.push_back(scale);
    result.bias.push_back(QuantizeBias(bias, x_scale * scale));
    // In the order ONNX Runtime multiplies and divides, in float.
    result.requantizers.push_back(MakeRequantizer(x_scale * scale / y.scale_of(n)));
  }
  return result;
}

}  // namespace imcc
