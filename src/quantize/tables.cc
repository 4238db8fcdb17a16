// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/tables.h"

#include <algorithm>
#include <cmath>

namespace imcc {

int8_t QuantizeReal(double x, const Quantization& to) {
  if (std::isnan(x)) x = 0;  // Sqrt(-1) and the like: no int8 says so, and 0 harms least.
  const double q = std::nearbyint(x / static_cast<double>(to.scale[0])) + to.zero_point[0];
  return static_cast<int8_t>(std::clamp(q, -128.0, 127.0));
}

std::vector<Requantizer> MakeQuotients(const Quantization& a, const Quantization& b,
                                       const Quantization& y) {
  std::vector<Requantizer> quotients;
  for (int32_t q = -128; q < 128; ++q) {
    const auto divisor = static_cast<double>(std::abs(q - b.zero_point[0])) *
                         static_cast<double>(b.scale[0]) * static_cast<double>(y.scale[0]);
    quotients.push_back(divisor == 0 ? Requantizer{}
                                     : MakeRequantizer(static_cast<float>(
                                           static_cast<double>(a.scale[0]) / divisor)));
  }
  return quotients;
}

QTable MakeTable(const UnaryFunction& function, const Quantization& from, const Quantization& to) {
  QTable table{.function = function};
  for (int32_t entry = 0; entry < 256; ++entry) {
    const int32_t q = entry - 128;
    // In float, as DequantizeLinear gives it: the function sees the value ONNX Runtime's does.
    const float x = static_cast<float>(q - from.zero_point[0]) * from.scale[0];
    table.table[static_cast<size_t>(entry)] =
        QuantizeReal(Evaluate(function, static_cast<double>(x)), to);
  }
  return table;
}

ClampRange MakeClampRange(const UnaryFunction& activation, const Quantization& to) {
  switch (activation.kind) {
    case UnaryKind::kRelu:
      return {.lo = static_cast<int8_t>(to.zero_point[0]), .hi = 127};
    case UnaryKind::kClip:
      return {.lo = QuantizeReal(activation.alpha, to), .hi = QuantizeReal(activation.beta, to)};
    default:
      return {};
  }
}

}  // namespace imcc
