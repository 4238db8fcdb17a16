// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "ir/graph.h"
#include "quantize/quantize.h"

/// Cross-layer equalisation (Nagel et al., ICCV 2019, section 4.1): channel c of a tensor between
/// two layers is divided by s_c, in the weights and bias that make it, and multiplied by s_c again
/// in the weights that read it. Weights have a scale per output channel here, so what counts is the
/// range of the activation, measured on calibration samples, against the share of the readers' rows
/// that channel c has (as in Xiao et al., ICML 2023, eq. 4 with alpha = 1/2): with a_c the largest
/// magnitude and r_c the largest |w_nc| / max_k |w_nk|, s_c = sqrt(a_c / max a * max r / r_c). Then
/// neither the range of the tensor nor that of any reader's row grows. Where only depthwise
/// convolutions read the tensor there is nothing to balance, and s_c = a_c / max a.
///
/// ReLU lets positive factors pass, so the network computes what it did. ReLU6 does not: its clip
/// stays at 6 for all channels. Channels that met it in calibration keep their scale (s_c = 1), and
/// the others are left a headroom of kClipHeadroom below it, so that on the calibration samples the
/// network computes what it did; on others a channel may meet a clip earlier or later than before.
namespace imcc {

/// By tensor: written by a layer and read, through pooling, resizing and joining of channels at
/// most, by layers only, all of them with constant weights of their own.
std::vector<bool> FindEqualizable(const Graph& graph);

/// `ranges`, by tensor, hold the channels' ranges of equalizable tensors. Returns how many tensors
/// were changed.
int64_t EqualizeLayers(Graph& graph, const std::vector<TensorRange>& ranges);

}  // namespace imcc
