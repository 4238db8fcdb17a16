// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ir/graph.h"

namespace imcc {

/// Elements picked along one side of a feature map: what a Slice or Gather of one axis does.
struct AxisPick {
  enum class Side { kRows, kColumns, kChannels };
  Side side = Side::kChannels;
  std::vector<int64_t> indices;
};

/// True unless rows come in another order: kernels read rows from top to bottom.
bool IsAscending(const AxisPick& pick);

/// Nothing if the node picks along several axes, along the batch, or along an axis that is no side
/// of its feature map (see AsFeatureMap).
std::optional<AxisPick> PickOf(const Graph& graph, const Node& node);

/// A kGather, or a kSlice along one axis, as a gather; nothing for slices along several axes.
std::optional<GatherAttributes> AsGather(const Graph& graph, const Node& node);

/// Stored axes along which a kSlice leaves elements out.
std::vector<size_t> SlicedAxes(const Graph& graph, const Node& slice);

}  // namespace imcc
