// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "reference/float_kernels.h"

namespace imcc {

FloatKernel MakeFakeQuantizeKernel(const Graph& graph, const Node& node) {
  const int64_t count = graph.tensor(node.output).shape.elements();
  return [grid = node.as<QuantizeAttributes>(), count](std::span<const float* const> inputs,
                                                       float* output) {
    const size_t channels = grid.scale.size();
    for (int64_t i = 0; i < count; ++i) {
      const size_t c = static_cast<size_t>(i) % channels;
      const auto zero = static_cast<float>(grid.zero_point[c]);
      const float q = std::nearbyint(inputs[0][i] / grid.scale[c]) + zero;
      output[i] = (std::clamp(q, -128.0F, 127.0F) - zero) * grid.scale[c];
    }
  };
}

}  // namespace imcc
