// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ir/quantized_graph.h"

namespace imcc {

/// A convolution with float parameters, all of one shape whatever operator it came from.
struct FloatConv {
  Window window;
  int64_t groups = 1;
  int64_t in_channels = 0;
  int64_t out_channels = 0;
  std::vector<float> weights;  // [Cout][kh][kw][Cin/groups]
  std::vector<float> bias;     // [Cout]
  // Of a model that is quantised already; empty: to be chosen.
  std::vector<float> weight_scales;    // Of all channels, or [Cout].
  std::vector<int32_t> bias_integers;  // [Cout], at scale s_x * s_w.
};

/// Scale of the weights of every output channel: the given ones, else symmetric min-max.
std::vector<float> WeightScales(const FloatConv& conv, const Quantization& x);

/// Weights per output channel symmetric min-max in [-127, 127], biases int32 at s_x * s_w. The
/// scale of a channel whose sums could leave int32 is raised until they cannot.
QConv QuantizeConv(const FloatConv& conv, const Quantization& x, const Quantization& y,
                   ClampRange clamp);

}  // namespace imcc
