// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ir/graph.h"

namespace imcc::testing {

/// Calls copy(external index, stored index) for every element of the tensor.
template <class Copy>
void ForEachElement(const Tensor& tensor, const Copy& copy) {
  const bool is_map = tensor.layout == Layout::kChannelsLast && tensor.shape.rank() == 4;
  const int64_t channels = is_map ? tensor.shape[3] : 1;
  const int64_t pixels = is_map ? tensor.shape[1] * tensor.shape[2] : 1;
  for (int64_t i = 0; i < tensor.shape.elements(); ++i) {
    const int64_t pixel = i / channels % pixels;
    const int64_t image = is_map ? i / (channels * pixels) : i;
    const int64_t external = is_map ? (image * channels + i % channels) * pixels + pixel : i;
    copy(static_cast<size_t>(external), static_cast<size_t>(i));
  }
}

/// Values in the order of the ONNX model (NCHW) to stored order (NHWC), and back.
inline std::vector<float> ToStored(const Tensor& tensor, const std::vector<float>& external) {
  std::vector<float> stored(external.size());
  ForEachElement(tensor, [&](size_t e, size_t s) { stored.at(s) = external.at(e); });
  return stored;
}
inline std::vector<float> ToExternal(const Tensor& tensor, const std::vector<float>& stored) {
  std::vector<float> external(stored.size());
  ForEachElement(tensor, [&](size_t e, size_t s) { external.at(e) = stored.at(s); });
  return external;
}

}  // namespace imcc::testing
