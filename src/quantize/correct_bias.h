// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "quantize/quantize_conv.h"

namespace imcc {

/// Rounding moves each output channel's mean by sum over k of (w_k - s_w * q_k) * E[x_k]: the bias
/// takes that back, as far as the rounding of the bias itself allows (Nagel et al., ICCV 2019,
/// eq. 16, with E[x] measured on calibration samples instead of taken from batch norms).
/// `tap_means` is [tap][input channel], from TapMeans of the convolution's input.
void CorrectBias(const FloatConv& conv, const Quantization& x, const std::vector<double>& tap_means,
                 QConv& quantized);

}  // namespace imcc
