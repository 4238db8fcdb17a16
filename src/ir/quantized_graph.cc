// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/quantized_graph.h"

#include <algorithm>
#include <cmath>

namespace imcc {
namespace {

int64_t WindowCount(int64_t in, int64_t padding, int64_t extent, int64_t stride) {
  const int64_t room = in + padding - extent;
  return room < 0 ? 0 : room / stride + 1;
}

int8_t QuantizeOne(float value, float scale, int32_t zero_point) {
  if (std::isnan(value)) return static_cast<int8_t>(zero_point);
  const auto zero = static_cast<float>(zero_point);
  // Clamping to integers before rounding equals clamping after it, and cannot overflow.
  const float inside = std::clamp(value / scale, -128.0F - zero, 127.0F - zero);
  return static_cast<int8_t>(static_cast<int32_t>(std::nearbyint(inside)) + zero_point);
}

}  // namespace

FeatureMap WindowOutput(const Window& window, const FeatureMap& input, int64_t out_channels) {
  const Padding& pad = window.padding;
  return {
      .height = WindowCount(input.height, pad.top + pad.bottom, window.extent_h(), window.stride_h),
      .width = WindowCount(input.width, pad.left + pad.right, window.extent_w(), window.stride_w),
      .channels = out_channels};
}

Requantizer AverageRequantizer(float scale_ratio, int64_t taps) {
  return MakeRequantizer(
      static_cast<float>(static_cast<double>(scale_ratio) / static_cast<double>(taps)));
}

Macs CountMacs(const QuantizedGraph& graph, const QNode& node) {
  if (const auto* product = std::get_if<QMatMul>(&node.operation))
    return Macs(product->moves_data ? 0
                                    : graph.tensor(node.output).shape.elements() *
                                          graph.tensor(node.inputs[0]).shape.back());
  const auto* conv = std::get_if<QConv>(&node.operation);
  if (conv == nullptr || conv->moves_data) return Macs(0);
  return Macs(graph.tensor(node.output).shape.elements() * conv->taps_per_output());
}

std::vector<int8_t> QuantizeValues(const std::vector<float>& values, const QTensor& tensor) {
  const Quantization& q = tensor.quantization;
  const int64_t channels = std::max<int64_t>(AsFeatureMap(tensor.shape).channels, 1);
  std::vector<int8_t> result(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const int64_t channel = static_cast<int64_t>(i) % channels;
    result[i] = QuantizeOne(values[i], q.scale_of(channel), q.zero_point_of(channel));
  }
  return result;
}

std::vector<float> DequantizeValues(const std::vector<int8_t>& values, const QTensor& tensor) {
  const Quantization& q = tensor.quantization;
  const int64_t channels = std::max<int64_t>(AsFeatureMap(tensor.shape).channels, 1);
  std::vector<float> result(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const int64_t channel = static_cast<int64_t>(i) % channels;
    result[i] = static_cast<float>(values[i] - q.zero_point_of(channel)) * q.scale_of(channel);
  }
  return result;
}

}  // namespace imcc
