// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "ir/graph.h"

namespace imcc {

/// Where the hybrid scheme gives a tensor one scale a channel, and where it would but cannot.
struct ChannelRangePlan {
  struct Fallback {
    TensorId tensor;
    std::string reason;  // "its producer 'stem' is no convolution"
  };
  std::vector<bool> per_channel;    // Indexed by tensor.
  std::vector<Fallback> fallbacks;  // Inputs of depthwise convolutions only, in order.
};

/// An input of depthwise convolutions has a scale a channel if nothing but depthwise convolutions
/// reads it and a convolution writes it through a clamp at zero. Requantisers are per channel, but
/// the device adds one zero point to all channels of a kernel: with ReLU, all of them are -128.
/// `graph` is a split graph (SplitActivations).
ChannelRangePlan FindChannelRanges(const Graph& graph);

}  // namespace imcc
