// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "reference/integer_kernels.h"

namespace imcc {
namespace {

/// [tap][channel] from [channel][tap], so that a tap's weights lie beside each other.
std::vector<int8_t> WeightsByTap(const QConv& conv) {
  const int64_t taps = conv.window.taps();
  std::vector<int8_t> result(conv.weights.size());
  for (int64_t c = 0; c < conv.out_channels; ++c) {
    for (int64_t t = 0; t < taps; ++t)
      result[static_cast<size_t>(t * conv.out_channels + c)] =
          conv.weights[static_cast<size_t>(c * taps + t)];
  }
  return result;
}

/// What a padded pixel reads as.
std::vector<int8_t> PadPixel(const QTensor& tensor, int64_t channels) {
  std::vector<int8_t> pixel;
  for (int64_t c = 0; c < channels; ++c)
    pixel.push_back(static_cast<int8_t>(tensor.quantization.zero_point_of(c)));
  return pixel;
}

}  // namespace

void RunDepthwise(const QConv& conv, Int8View x, Int8Output y, KernelSet kernels) {
  const FeatureMap in = x.map();
  const FeatureMap out = y.map();
  const int64_t channels = out.channels;
  const Window& w = conv.window;
  const std::vector<int8_t> weights = WeightsByTap(conv);
  const std::vector<int8_t> pad = PadPixel(*x.tensor, channels);
  const std::vector<int32_t> bias = FoldZeroPoint(conv, x.tensor->quantization);
  const std::vector<uint32_t> requantizers = PackRequantizers(conv);
  std::vector<int32_t> acc(static_cast<size_t>(channels));
  const auto pixel_at = [&](int64_t i, int64_t j) {
    const bool inside = i >= 0 && i < in.height && j >= 0 && j < in.width;
    return inside ? x.values + (i * in.width + j) * channels : pad.data();
  };
  for (int64_t pixel = 0; pixel < out.pixels(); ++pixel) {
    const int64_t top = pixel / out.width * w.stride_h - w.padding.top;
    const int64_t left = pixel % out.width * w.stride_w - w.padding.left;
    std::fill(acc.begin(), acc.end(), 0);
    for (int64_t tap = 0; tap < w.taps(); ++tap) {
      const int64_t i = top + tap / w.kernel_w * w.dilation_h;
      const int64_t j = left + tap % w.kernel_w * w.dilation_w;
      MultiplyAccumulateRow(pixel_at(i, j), weights.data() + tap * channels, channels, acc.data(),
                            kernels);
    }
    RequantizeRow(acc.data(), bias.data(), requantizers.data(), channels, y.zero_point(),
                  conv.clamp, y.values + pixel * channels, kernels);
  }
}

}  // namespace imcc
