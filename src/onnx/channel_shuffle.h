// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ir/graph.h"

namespace imcc {

/// Channels of a feature map in another order.
struct ChannelShuffle {
  TensorId from;                  // Channels last.
  std::vector<int64_t> channels;  // Output channel c is channel channels[c] of `from`.
};

/// How PyTorch writes a channel shuffle: reshapes and transposes of a feature map, which leave
/// every pixel where it is. In: the tensor before the last Reshape and the [1,C,H,W] that it
/// becomes. Found by following where every element goes, so however the model spells it.
std::optional<ChannelShuffle> FindChannelShuffle(const Graph& graph, TensorId tensor,
                                                 const Shape& nchw);

}  // namespace imcc
