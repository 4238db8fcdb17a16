// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "reference/float_kernels.h"

namespace imcc {

FloatKernel MakeLayerNormKernel(const Graph& graph, const Node& node) {
  const Shape& shape = graph.tensor(node.output).shape;
  const int64_t channels = shape.back();
  const int64_t rows = shape.elements() / channels;
  const double epsilon = node.as<LayerNormAttributes>().epsilon;
  return [=](std::span<const float* const> inputs, float* output) {
    for (int64_t row = 0; row < rows; ++row) {
      const float* x = inputs[0] + row * channels;
      // Sums in double, so that long rows lose nothing.
      double sum = 0;
      for (int64_t c = 0; c < channels; ++c) sum += static_cast<double>(x[c]);
      const double mean = sum / static_cast<double>(channels);
      double squares = 0;
      for (int64_t c = 0; c < channels; ++c) {
        const double deviation = static_cast<double>(x[c]) - mean;
        squares += deviation * deviation;
      }
      const double scale = 1 / std::sqrt(squares / static_cast<double>(channels) + epsilon);
      for (int64_t c = 0; c < channels; ++c)
        output[row * channels + c] = static_cast<float>((static_cast<double>(x[c]) - mean) * scale *
                                                            static_cast<double>(inputs[1][c]) +
                                                        static_cast<double>(inputs[2][c]));
    }
  };
}

}  // namespace imcc
