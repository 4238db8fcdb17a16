// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "partition/segment_cost.h"

namespace imcc {
namespace {

constexpr double kHostMacsPerSecond = 30e9;
constexpr double kHostElementsPerSecond = 4e9;

bool IsDepthwise(const Graph& graph, const Node& node) {
  return node.kind == OpKind::kConv &&
         node.as<ConvAttributes>().groups == graph.tensor(node.inputs[0]).shape.back();
}

/// Multiply-accumulates of a node, in seconds of the engine that does them at full speed.
double ComputeSeconds(const Graph& graph, const Node& node, const Target& target) {
  const ImcArray& array = target.array;
  const double array_rate = static_cast<double>(array.rows * array.columns) /
                            static_cast<double>(array.mvm_interval.count());
  const double rate =
      IsDepthwise(graph, node) ? static_cast<double>(target.depthwise_macs) : array_rate;
  return static_cast<double>(CountMacs(graph, node).count()) / rate / target.clock_hz;
}

struct Traffic {
  int64_t crossing = 0;  // Elements, and int8 bytes: over the host link.
  int64_t weights = 0;
};

Traffic TrafficOf(const Graph& graph, const std::vector<bool>& chosen) {
  std::vector<bool> made(graph.tensors.size(), false);
  std::vector<bool> read(graph.tensors.size(), false);
  std::vector<bool> read_outside(graph.tensors.size(), false);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (chosen[i]) made[graph.nodes[i].output.index()] = true;
    for (const TensorId id : graph.nodes[i].inputs)
      (chosen[i] ? read : read_outside)[id.index()] = true;
  }
  for (const TensorId id : graph.outputs) read_outside[id.index()] = true;
  Traffic traffic;
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const int64_t elements = graph.tensors[i].shape.elements();
    const bool enters = read[i] && !made[i];
    if (enters && graph.tensors[i].is_constant())
      traffic.weights += elements;
    else if (enters || (made[i] && read_outside[i]))
      traffic.crossing += elements;
  }
  return traffic;
}

}  // namespace

SegmentCost CostOfSegment(const Graph& graph, const std::vector<bool>& chosen,
                          const Target& target) {
  SegmentCost cost;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!chosen[i]) continue;
    const Node& node = graph.nodes[i];
    cost.host_seconds += static_cast<double>(CountMacs(graph, node).count()) / kHostMacsPerSecond;
    cost.host_seconds +=
        static_cast<double>(graph.tensor(node.output).shape.elements()) / kHostElementsPerSecond;
    cost.device_seconds += ComputeSeconds(graph, node, target);
  }
  const Traffic traffic = TrafficOf(graph, chosen);
  cost.device_seconds += target.launch_seconds;
  cost.device_seconds +=
      static_cast<double>(traffic.crossing) / target.bandwidth.host / target.clock_hz;
  cost.device_seconds +=
      static_cast<double>(traffic.weights) / target.bandwidth.ddr / target.clock_hz;
  return cost;
}

}  // namespace imcc
