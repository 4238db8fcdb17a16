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

int8_t QuantizeWeight(float weight, float scale, float least) {
  return static_cast<int8_t>(std::clamp(std::nearbyint(weight / scale), least, 127.0F));
}

int32_t QuantizeBias(float bias, float scale) {
  const double q = std::nearbyint(static_cast<double>(bias) / static_cast<double>(scale));
  return static_cast<int32_t>(std::clamp(q, -2147483647.0, 2147483647.0));
}

/// The scale that came with the weights of an output channel; 0 if none did.
float GivenScale(const FloatConv& conv, int64_t n) {
  if (conv.weight_scales.empty()) return 0;
  return conv.weight_scales[conv.weight_scales.size() == 1 ? 0 : static_cast<size_t>(n)];
}

/// The integer that came with a bias, if it means the same at this scale: rewrites may have changed
/// the bias since. float holds 24 bits of it.
int32_t KeepBias(const FloatConv& conv, int64_t n, float scale) {
  const auto i = static_cast<size_t>(n);
  const int32_t rounded = QuantizeBias(conv.bias[i], scale);
  if (conv.bias_integers.size() != conv.bias.size()) return rounded;
  const int64_t difference = int64_t{conv.bias_integers[i]} - rounded;
  const int64_t tolerance = 1 + std::abs(int64_t{rounded}) / (1 << 20);
  return std::abs(difference) <= tolerance ? conv.bias_integers[i] : rounded;
}

}  // namespace

std::vector<float> WeightScales(const FloatConv& conv, const Quantization& x) {
  const int64_t taps = conv.window.taps() * (conv.in_channels / conv.groups);
  std::vector<float> scales;
  for (int64_t n = 0; n < conv.out_channels; ++n) {
    const float given = GivenScale(conv, n);
    // Inputs with a scale per channel are those of depthwise convolutions: channel n reads n.
    scales.push_back(given > 0
                         ? given
                         : ChooseWeightScale(conv.weights.data() + n * taps, taps,
                                             conv.bias[static_cast<size_t>(n)], x.scale_of(n)));
  }
  return scales;
}

QConv QuantizeConv(const FloatConv& conv, const Quantization& x, const Quantization& y,
                   ClampRange clamp) {
  QConv result{.window = conv.window,
               .groups = conv.groups,
               .in_channels = conv.in_channels,
               .out_channels = conv.out_channels,
               .clamp = clamp};
  const int64_t taps = result.taps_per_output();
  result.weights.reserve(conv.weights.size());
  result.weight_scales = WeightScales(conv, x);
  for (int64_t n = 0; n < conv.out_channels; ++n) {
    const float* weights = conv.weights.data() + n * taps;
    const float x_scale = x.scale_of(n);
    const float scale = result.weight_scales[static_cast<size_t>(n)];
    const float least = GivenScale(conv, n) > 0 ? -128.0F : -127.0F;
    for (int64_t k = 0; k < taps; ++k)
      result.weights.push_back(QuantizeWeight(weights[k], scale, least));
    result.bias.push_back(KeepBias(conv, n, x_scale * scale));
    // In the order ONNX Runtime multiplies and divides, in float.
    result.requantizers.push_back(MakeRequantizer(x_scale * scale / y.scale_of(n)));
  }
  return result;
}

}  // namespace imcc
