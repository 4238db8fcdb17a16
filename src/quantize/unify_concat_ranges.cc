// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/unify_concat_ranges.h"

#include <algorithm>
#include <optional>

#include "ir/operator_table.h"

namespace imcc {
namespace {

/// For every tensor the Concat output whose scale all its values end up with, if there is one.
/// Readers come after writers, so one walk backwards settles chains of Concats too.
class Destinations {
 public:
  explicit Destinations(const Graph& graph)
      : graph_(graph),
        consumers_(graph.Consumers()),
        is_end_(graph.tensors.size(), false),
        found_(graph.tensors.size()) {
    for (const TensorId id : graph.inputs) is_end_[id.index()] = true;
    for (const TensorId id : graph.outputs) is_end_[id.index()] = true;
    for (size_t i = graph.nodes.size(); i-- > 0;) {
      const TensorId id = graph.nodes[i].output;
      if (!is_end_[id.index()]) found_[id.index()] = Of(id);
    }
  }

  const std::optional<TensorId>& operator[](size_t tensor) const { return found_[tensor]; }

 private:
  std::optional<TensorId> Of(TensorId id) const {
    std::optional<TensorId> common;
    for (const NodeId reader : consumers_[id.index()]) {
      const std::optional<TensorId> one = Through(graph_.nodes[reader.index()]);
      if (!one || (common && *common != *one)) return std::nullopt;
      common = one;
    }
    return common;
  }

  std::optional<TensorId> Through(const Node& reader) const {
    const std::optional<TensorId>& further = found_[reader.output.index()];
    if (reader.kind == OpKind::kConcat) return further ? further : reader.output;
    return Info(reader.kind).keeps_quantization ? further : std::nullopt;
  }

  const Graph& graph_;
  std::vector<std::vector<NodeId>> consumers_;
  std::vector<bool> is_end_;  // Inputs and outputs of the network have scales of their own.
  std::vector<std::optional<TensorId>> found_;
};

}  // namespace

void UnifyConcatRanges(const Graph& graph, std::vector<TensorRange>& ranges) {
  const Destinations destinations(graph);
  for (const Node& node : graph.nodes) {
    const size_t tensor = node.output.index();
    if (destinations[tensor] && !Info(node.kind).keeps_quantization)
      ranges[tensor] = ranges[destinations[tensor]->index()];
  }
}

}  // namespace imcc
