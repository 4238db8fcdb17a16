// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/axis_pick.h"
#include "ir/quantized_graph.h"
#include "quantize/quantize_conv.h"

/// Slice and Gather with what the device has. Both move int8 values as they are.
namespace imcc {

/// Rows or columns, as the taps of a nearest resize.
QResize PickLines(const AxisPick& pick, const FeatureMap& input);

/// Channels, as a 1x1 convolution with a single weight of 1 per output: 127 / 127 in int8, which
/// gives back the input exactly where input and output share their quantisation.
FloatConv ChannelSelection(const AxisPick& pick, int64_t channels);

}  // namespace imcc
