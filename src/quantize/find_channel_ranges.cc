// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/find_channel_ranges.h"

#include <fmt/format.h>

#include <algorithm>

namespace imcc {
namespace {

bool IsDepthwise(const Graph& graph, const Node& node) {
  if (node.kind != OpKind::kConv) return false;
  const int64_t groups = node.as<ConvAttributes>().groups;
  return groups > 1 && groups == graph.tensor(node.inputs[0]).shape.back() &&
         groups == graph.tensor(node.output).shape.back();
}

bool ClampsAtZero(const UnaryFunction& activation) {
  return activation.kind == UnaryKind::kRelu ||
         (activation.kind == UnaryKind::kClip && activation.alpha == 0 && activation.beta > 0);
}

/// Why a tensor that depthwise convolutions read has one scale; empty if it need not.
class Reason {
 public:
  explicit Reason(const Graph& graph)
      : graph_(graph), consumers_(graph.Consumers()), producers_(graph.Producers()) {}

  bool FeedsDepthwise(TensorId id) const {
    const auto& readers = consumers_[id.index()];
    return std::any_of(readers.begin(), readers.end(), [&](NodeId reader) {
      return IsDepthwise(graph_, graph_.nodes[reader.index()]);
    });
  }

  std::string Of(TensorId id) const {
    for (const NodeId reader : consumers_[id.index()]) {
      const Node& node = graph_.nodes[reader.index()];
      if (!IsDepthwise(graph_, node))
        return fmt::format("'{}', which is no depthwise convolution, reads it too", node.name);
    }
    if (std::find(graph_.outputs.begin(), graph_.outputs.end(), id) != graph_.outputs.end())
      return "it is an output of the network";
    const NodeId producer = producers_[id.index()];
    if (!producer.valid()) return "it is an input of the network";
    const Node& node = graph_.nodes[producer.index()];
    if (node.kind != OpKind::kConv)
      return fmt::format("its producer '{}' is no convolution and has one requantiser", node.name);
    if (!ClampsAtZero(node.activation))
      return fmt::format(
          "its producer '{}' does not end in a clamp at zero, so that channels would "
          "need zero points of their own",
          node.name);
    return {};
  }

 private:
  const Graph& graph_;
  std::vector<std::vector<NodeId>> consumers_;
  std::vector<NodeId> producers_;
};

}  // namespace

ChannelRangePlan FindChannelRanges(const Graph& graph) {
  ChannelRangePlan plan{.per_channel = std::vector<bool>(graph.tensors.size(), false)};
  const Reason reason(graph);
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const TensorId id(i);
    if (graph.tensors[i].is_constant() || !reason.FeedsDepthwise(id)) continue;
    std::string why = reason.Of(id);
    if (why.empty())
      plan.per_channel[i] = true;
    else
      plan.fallbacks.push_back({id, std::move(why)});
  }
  return plan;
}

}  // namespace imcc
