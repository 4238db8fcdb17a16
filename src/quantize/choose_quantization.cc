// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "quantize/quantize.h"

namespace imcc {
namespace {

/// Of the tensor's range that every channel's covers: eight bits finer than the tensor's own.
constexpr float kLeastShare = 1.0F / 256;

}  // namespace

Quantization ChooseQuantization(float min, float max) {
  const float lo = std::min(min, 0.0F);
  const float hi = std::max(max, 0.0F);
  const float range = hi - lo;
  // torch: (max - min) / float(quant_max - quant_min), not below the machine epsilon.
  const float step = std::isfinite(range) ? range / 255.0F : hi / 255.0F - lo / 255.0F;
  const float scale = std::max(step, std::numeric_limits<float>::epsilon());
  const auto zero_point =
      static_cast<int32_t>(std::clamp(-128.0F - std::nearbyint(lo / scale), -128.0F, 127.0F));
  return {.scale = {scale}, .zero_point = {zero_point}};
}

Quantization ChooseSymmetricQuantization(float min, float max) {
  constexpr float kLargest = 127;
  const float bound = std::max(std::abs(min), std::abs(max));
  return {.scale = {std::max(bound / kLargest, std::numeric_limits<float>::epsilon())},
          .zero_point = {0}};
}

Quantization ChooseQuantization(const TensorRange& range) {
  if (range.per_channel.empty()) return ChooseQuantization(range.min, range.max);
  Quantization result{.scale = {}, .zero_point = {}};
  for (const Interval<float>& channel : range.per_channel) {
    const Quantization own = ChooseQuantization(std::min(channel.begin, range.min * kLeastShare),
                                                std::max(channel.end, range.max * kLeastShare));
    result.scale.push_back(own.scale[0]);
    result.zero_point.push_back(own.zero_point[0]);
  }
  return result;
}

namespace {

/// The model's zero point is not kept, and is not needed: any that puts all integers within int8
/// holds the same values.
std::optional<Quantization> GridItCameOn(float scale, const Interval<float>& range) {
  const double low = std::nearbyint(range.begin / scale);
  const double high = std::nearbyint(range.end / scale);
  const double least = std::max(-128.0, -128 - low);
  const double most = std::min(127.0, 127 - high);
  if (!(least <= most)) return std::nullopt;  // It has been computed with since.
  return Quantization{.scale = {scale},
                      .zero_point = {static_cast<int32_t>(std::clamp(0.0, least, most))}};
}

}  // namespace

Quantization GridOfConstant(const Tensor& constant) {
  const auto [low, high] = std::minmax_element(constant.constant.begin(), constant.constant.end());
  if (constant.weight_scales.size() == 1)
    if (const auto grid = GridItCameOn(constant.weight_scales[0], {*low, *high})) return *grid;
  return ChooseQuantization(*low, *high);
}

}  // namespace imcc
