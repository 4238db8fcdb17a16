// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "reference/float_kernels.h"

namespace imcc {
namespace {

/// Every input pixel adds its products to the window of output pixels it stands for.
struct Scatter {
  Shape x, y, weights;
  Window window;
  int64_t groups = 1;

  void Run(const float* input, const float* kernels, const float* bias, float* output) const {
    FillBias(bias, output);
    for (int64_t n = 0; n < x[0]; ++n) {
      for (int64_t row = 0; row < x[1]; ++row) {
        for (int64_t column = 0; column < x[2]; ++column, input += x[3]) {
          AddWindow(input, kernels, row, column, output + n * y[1] * y[2] * y[3]);
        }
      }
    }
  }

  void FillBias(const float* bias, float* output) const {
    const int64_t pixels = y.elements() / y[3];
    for (int64_t pixel = 0; pixel < pixels; ++pixel, output += y[3]) {
      if (bias == nullptr) {
        std::fill_n(output, y[3], 0.0F);
      } else {
        std::copy_n(bias, y[3], output);
      }
    }
  }

  void AddWindow(const float* pixel, const float* kernels, int64_t row, int64_t column,
                 float* plane) const {
    for (int64_t ky = 0; ky < window.kernel_h; ++ky) {
      const int64_t to_row = row * window.stride_h + ky * window.dilation_h - window.padding.top;
      if (to_row < 0 || to_row >= y[1]) continue;
      for (int64_t kx = 0; kx < window.kernel_w; ++kx) {
        const int64_t to_column =
            column * window.stride_w + kx * window.dilation_w - window.padding.left;
        if (to_column < 0 || to_column >= y[2]) continue;
        const int64_t tap = ky * window.kernel_w + kx;
        AddProducts(pixel, kernels + tap * weights[3], plane + (to_row * y[2] + to_column) * y[3]);
      }
    }
  }

  void AddProducts(const float* pixel, const float* tap, float* to) const {
    const int64_t depth = weights[3];
    const int64_t kernel = window.taps() * depth;
    const int64_t outputs_per_group = y[3] / groups;
    for (int64_t output = 0; output < y[3]; ++output) {
      const float* from = pixel + output / outputs_per_group * depth;
      float sum = 0;
      for (int64_t i = 0; i < depth; ++i) sum += from[i] * tap[output * kernel + i];
      to[output] += sum;
    }
  }
};

}  // namespace

FloatKernel MakeConvTransposeKernel(const Graph& graph, const Node& node) {
  const auto& attributes = node.as<ConvTransposeAttributes>();
  const Scatter scatter{graph.tensor(node.inputs[0]).shape, graph.tensor(node.output).shape,
                        graph.tensor(node.inputs[1]).shape, attributes.window, attributes.groups};
  return [scatter](std::span<const float* const> inputs, float* output) {
    scatter.Run(inputs[0], inputs[1], inputs.size() > 2 ? inputs[2] : nullptr, output);
  };
}

}  // namespace imcc
