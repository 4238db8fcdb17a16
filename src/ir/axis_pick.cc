// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/axis_pick.h"

#include <algorithm>
#include <utility>

namespace imcc {
namespace {

std::optional<AxisPick::Side> SideOf(const Shape& shape, size_t axis) {
  const size_t from_last = shape.rank() - axis;
  if (from_last == 1) return AxisPick::Side::kChannels;
  if (shape.rank() == 4 && shape[0] == 1 && from_last == 3) return AxisPick::Side::kRows;
  if (from_last != 2) return std::nullopt;
  if (shape.rank() == 4 && shape[0] == 1) return AxisPick::Side::kColumns;
  // Of other ranks every axis but the last lies in the columns: this one must be all of them.
  for (size_t i = 0; i < axis; ++i) {
    if (shape[i] != 1) return std::nullopt;
  }
  return AxisPick::Side::kColumns;
}

}  // namespace

bool IsAscending(const AxisPick& pick) {
  return pick.side != AxisPick::Side::kRows ||
         std::is_sorted(pick.indices.begin(), pick.indices.end());
}

std::vector<size_t> SlicedAxes(const Graph& graph, const Node& slice) {
  const Shape& x = graph.tensor(slice.inputs[0]).shape;
  const Shape& y = graph.tensor(slice.output).shape;
  std::vector<size_t> axes;
  for (size_t i = 0; i < x.rank(); ++i) {
    if (x[i] != y[i]) axes.push_back(i);
  }
  return axes;
}

std::optional<GatherAttributes> AsGather(const Graph& graph, const Node& node) {
  if (node.kind == OpKind::kGather) return node.as<GatherAttributes>();
  const std::vector<size_t> axes = SlicedAxes(graph, node);
  if (axes.size() != 1) return std::nullopt;
  const auto& slice = node.as<SliceAttributes>();
  GatherAttributes gather{.axis = static_cast<int64_t>(axes[0]), .indices = {}};
  for (int64_t i = 0; i < graph.tensor(node.output).shape[axes[0]]; ++i)
    gather.indices.push_back(slice.starts[axes[0]] + i * slice.steps[axes[0]]);
  return gather;
}

std::optional<AxisPick> PickOf(const Graph& graph, const Node& node) {
  std::optional<GatherAttributes> gather = AsGather(graph, node);
  if (!gather) return std::nullopt;
  const Shape& shape = graph.tensor(node.inputs[0]).shape;
  const auto side = SideOf(shape, static_cast<size_t>(gather->axis));
  if (!side) return std::nullopt;
  return AxisPick{*side, std::move(gather->indices)};
}

}  // namespace imcc
