// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "ir/graph.h"
#include "target/target.h"

namespace imcc {

struct HostNode {
  std::string node;    // Of the ONNX model.
  std::string op;      // Its operator there.
  std::string reason;  // Why it is not on the device.
  size_t part = 0;     // Of Partition::parts.
  Macs macs;
  Bytes crossing;  // Int8 values that go over the host link because of it.
};

/// A run of the network on one side.
struct Part {
  std::string name;  // Of its file, without the ending: "model", "model1", "prologue", "host1", ...
  Graph graph;
  bool on_device = false;
};

/// The network as parts that run one after the other, host and device in turn. Values cross by
/// tensor name, also over several parts.
struct Partition {
  std::vector<Part> parts;
  std::vector<HostNode> host_nodes;
  double device_mac_share = 1.0;

  /// Indices of the parts on the device, ascending; empty if all runs on the host.
  std::vector<size_t> DeviceParts() const;
  /// The usual case: one device part, host parts at its ends at most.
  bool has_one_device_part() const { return DeviceParts().size() == 1; }
};

struct PartitionOptions {
  /// What the device could run, but only the host reads, stays there where that is more exact or
  /// free (PartitionGraph's float tails). Off to see what the device can run.
  bool leave_tails = true;
};

/// In: a simplified graph. Out: its parts. Promise: composed in order they compute the graph, every
/// node is in exactly one of them, and a device part behind the first is worth its launch
/// (segment_cost.h). A network without nodes is an error.
Result<Partition> PartitionGraph(const Graph& graph, const Target& target,
                                 const PartitionOptions& options = {});

/// Empty if the device runs this node; otherwise the rule it breaks, for the user.
std::string WhyNotOnDevice(const Graph& graph, const Node& node, const Target& target);

}  // namespace imcc
