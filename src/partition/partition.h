// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "ir/graph.h"
#include "target/target.h"

namespace imcc {

struct HostNode {
  std::string node;    // ONNX node name.
  std::string op;      // Operator.
  std::string reason;  // Why it is not on the device.
  bool prologue = false;
  Macs macs;
};

/// Nodes that break a rule of the device, all of them, each with the first rule it breaks.
std::vector<HostNode> FindViolations(const Graph& graph, const Target& target);

/// The network cut in three: host before, device, host after. Values cross by tensor name.
struct Partition {
  std::optional<Graph> prologue;
  Graph device;
  std::optional<Graph> epilogue;
  std::vector<HostNode> host_nodes;
  double device_mac_share = 1.0;
};

/// In: a simplified graph. Out: the largest device part with host parts at its ends. Promise:
/// prologue, device and epilogue composed compute the graph; a network whose unsupported operator
/// leaves nothing for the device is an error naming it.
Result<Partition> PartitionGraph(const Graph& graph, const Target& target);

/// Empty if the device runs this node; otherwise the rule it breaks, for the user.
std::string WhyNotOnDevice(const Graph& graph, const Node& node, const Target& target);

}  // namespace imcc
