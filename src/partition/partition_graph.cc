// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>

#include "partition/extract.h"
#include "partition/partition.h"

namespace imcc {
namespace {

enum class Side : uint8_t { kPrologue, kDevice, kEpilogue };

/// What a node costs where it runs: its MACs, or in a network without any its output elements.
std::vector<int64_t> Costs(const Graph& graph) {
  std::vector<int64_t> costs;
  int64_t total = 0;
  for (const Node& node : graph.nodes) {
    costs.push_back(CountMacs(graph, node).count());
    total += costs.back();
  }
  for (size_t i = 0; total == 0 && i < costs.size(); ++i) {
    costs[i] = graph.tensor(graph.nodes[i].output).shape.elements();
  }
  return costs;
}

class Splitter {
 public:
  Splitter(const Graph& graph, const Target& target)
      : graph_(graph),
        producers_(graph.Producers()),
        costs_(Costs(graph)),
        sides_(graph.nodes.size(), Side::kDevice),
        leaves_float_(graph.nodes.size(), false) {
    for (const Node& node : graph.nodes) reasons_.push_back(WhyNotOnDevice(graph, node, target));
  }

  Result<Partition> Run() {
    int64_t total = 0;
    for (const int64_t cost : costs_) total += cost;
    for (size_t i = 0; i < sides_.size(); ++i) {
      if (!DependsOnEpilogue(i) && reasons_[i].empty()) continue;
      if (!DependsOnEpilogue(i) && MoveToPrologue(i, total)) continue;
      sides_[i] = Side::kEpilogue;
    }
    LeaveFloatTails();
    if (std::count(sides_.begin(), sides_.end(), Side::kDevice) == 0) return NothingLeft();
    return Cut(total);
  }

 private:
  bool DependsOnEpilogue(size_t i) const {
    return std::any_of(graph_.nodes[i].inputs.begin(), graph_.nodes[i].inputs.end(),
                       [&](TensorId input) {
                         const NodeId producer = producers_[input.index()];
                         return producer.valid() && sides_[producer.index()] == Side::kEpilogue;
                       });
  }

  /// The node and what it depends on, as far as that is not in the prologue already.
  std::vector<size_t> NewForPrologue(size_t node) const {
    std::vector<size_t> found = {node};
    std::set<size_t> seen = {node};
    for (size_t next = 0; next < found.size(); ++next) {
      for (const TensorId input : graph_.nodes[found[next]].inputs) {
        const NodeId producer = producers_[input.index()];
        if (!producer.valid() || sides_[producer.index()] == Side::kPrologue) continue;
        if (seen.insert(producer.index()).second) found.push_back(producer.index());
      }
    }
    return found;
  }

  /// Only the start of the network may run before the device: less than 1 % of its work.
  bool MoveToPrologue(size_t node, int64_t total) {
    const std::vector<size_t> moved = NewForPrologue(node);
    int64_t cost = prologue_cost_;
    for (const size_t i : moved) cost += costs_[i];
    if (cost != 0 && cost >= total / 100) return false;
    for (const size_t i : moved) sides_[i] = Side::kPrologue;
    prologue_cost_ = cost;
    return true;
  }

  /// Element-wise work whose results only the host reads is done there, before any rounding: box
  /// decoders (Exp, Mul) lose nothing to int8, and the same number of bytes leaves the device.
  void LeaveFloatTails() {
    const std::vector<std::vector<NodeId>> consumers = graph_.Consumers();
    std::vector<bool> is_output(graph_.tensors.size(), false);
    for (const TensorId output : graph_.outputs) is_output[output.index()] = true;
    for (size_t i = sides_.size(); i-- > 0;) {
      const Node& node = graph_.nodes[i];
      const std::vector<NodeId>& readers = consumers[node.output.index()];
      const bool only_host_reads = !is_output[node.output.index()] && !readers.empty() &&
                                   std::all_of(readers.begin(), readers.end(), [&](NodeId id) {
                                     return sides_[id.index()] == Side::kEpilogue;
                                   });
      if (sides_[i] == Side::kDevice && node.kind == OpKind::kUnary && only_host_reads) {
        sides_[i] = Side::kEpilogue;
        leaves_float_[i] = true;
      }
    }
  }

  Error NothingLeft() const {
    for (size_t i = 0; i < reasons_.size(); ++i) {
      if (reasons_[i].empty()) continue;
      const Node& node = graph_.nodes[i];
      return Error{.code = ErrorCode::kUnsupported,
                   .subject = fmt::format("{} '{}'", node.onnx_op, node.name),
                   .message = fmt::format("nothing is left for the device: {}", reasons_[i]),
                   .hint = "replace this operator, or cut the model before it"};
    }
    return Error{.code = ErrorCode::kUnsupported, .message = "the network has no operators"};
  }

  std::vector<bool> On(Side side) const {
    std::vector<bool> chosen;
    for (const Side s : sides_) chosen.push_back(s == side);
    return chosen;
  }

  std::string HostReason(size_t i) const {
    if (!reasons_[i].empty()) return reasons_[i];
    if (leaves_float_[i]) return "only the host reads its result, and computes it without rounding";
    return sides_[i] == Side::kPrologue ? "an operator after it runs on the host"
                                        : "an operator before it runs on the host";
  }

  Partition Cut(int64_t total) const {
    Partition partition;
    int64_t device_cost = 0;
    for (size_t i = 0; i < sides_.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (sides_[i] == Side::kDevice) {
        device_cost += costs_[i];
      } else {
        partition.host_nodes.push_back({.node = node.name,
                                        .op = node.onnx_op,
                                        .reason = HostReason(i),
                                        .prologue = sides_[i] == Side::kPrologue,
                                        .macs = CountMacs(graph_, node)});
      }
    }
    if (total > 0) {
      partition.device_mac_share = static_cast<double>(device_cost) / static_cast<double>(total);
    }
    partition.device = ExtractSubgraph(graph_, On(Side::kDevice), graph_.name);
    const std::vector<bool> before = On(Side::kPrologue);
    const std::vector<bool> after = On(Side::kEpilogue);
    const auto any = [](const std::vector<bool>& chosen) {
      return std::find(chosen.begin(), chosen.end(), true) != chosen.end();
    };
    if (any(before))
      partition.prologue = ExtractSubgraph(graph_, before, graph_.name + "_prologue");
    if (any(after)) partition.epilogue = ExtractSubgraph(graph_, after, graph_.name + "_epilogue");
    return partition;
  }

  const Graph& graph_;
  std::vector<NodeId> producers_;
  std::vector<int64_t> costs_;
  std::vector<Side> sides_;
  std::vector<bool> leaves_float_;  // On the host for the sake of precision only.
  int64_t prologue_cost_ = 0;
  std::vector<std::string> reasons_;
};

}  // namespace

std::vector<HostNode> FindViolations(const Graph& graph, const Target& target) {
  std::vector<HostNode> violations;
  for (const Node& node : graph.nodes) {
    std::string reason = WhyNotOnDevice(graph, node, target);
    if (reason.empty()) continue;
    violations.push_back({.node = node.name,
                          .op = node.onnx_op,
                          .reason = std::move(reason),
                          .macs = CountMacs(graph, node)});
  }
  return violations;
}

Result<Partition> PartitionGraph(const Graph& graph, const Target& target) {
  return Splitter(graph, target).Run();
}

}  // namespace imcc
