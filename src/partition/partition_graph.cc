// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>

#include "ir/constant_operand.h"
#include "partition/extract.h"
#include "partition/partition.h"
#include "partition/segment_cost.h"

namespace imcc {
namespace {

/// A node's place in the order: even levels are on the host, odd ones on the device. Level 0 is the
/// prologue; the device starts at kFirstDevice.
using Level = size_t;
constexpr Level kPrologue = 0;
constexpr Level kFirstDevice = 1;
constexpr Level kFirstHostAfter = 2;

bool OnDevice(Level level) { return level % 2 == 1; }

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
  Splitter(const Graph& graph, const Target& target, const PartitionOptions& options)
      : graph_(graph),
        target_(target),
        options_(options),
        producers_(graph.Producers()),
        consumers_(graph.Consumers()),
        costs_(Costs(graph)),
        levels_(graph.nodes.size(), kFirstDevice) {
    for (const int64_t cost : costs_) total_ += cost;
  }

  Result<Partition> Run() {
    if (graph_.nodes.empty())
      return Error{.code = ErrorCode::kUnsupported, .message = "the network has no operators"};
    FindReasons();
    FillPrologue();
    TakeTurns();
    if (LastLevel() > kFirstHostAfter) {
      // With several launches anyway, what stands before the device has to pay like all else.
      FindReasons();
      std::fill(levels_.begin(), levels_.end(), kFirstDevice);
      TakeTurns();
      LeavePicks();
    }
    if (options_.leave_tails) LeaveFloatTails();
    return Cut();
  }

 private:
  void FindReasons() {
    reasons_.clear();
    for (const Node& node : graph_.nodes) reasons_.push_back(WhyNotOnDevice(graph_, node, target_));
    LeaveDecoders();
  }

  /// Constants that differ from place to place, behind the last weights: anchors, priors, strides.
  /// Coordinates of boxes need more than eight bits, and nothing there is work.
  void LeaveDecoders() {
    const std::vector<bool> weights_after = WeightsAfter();
    if (std::none_of(graph_.nodes.begin(), graph_.nodes.end(), HasWeights)) return;
    for (size_t i = 0; i < reasons_.size(); ++i)
      if (reasons_[i].empty() && !weights_after[i] && ReadsPlacedConstant(graph_.nodes[i]))
        reasons_[i] =
            "a constant of each place, behind the last weights: computed without rounding";
  }

  static bool HasWeights(const Node& node) {
    return node.kind == OpKind::kConv || node.kind == OpKind::kFullyConnected ||
           node.kind == OpKind::kConvTranspose || node.kind == OpKind::kMatMul;
  }

  /// By node: something with weights depends on its result.
  std::vector<bool> WeightsAfter() const {
    std::vector<bool> after(graph_.nodes.size(), false);
    for (size_t i = after.size(); i-- > 0;)
      for (const NodeId reader : consumers_[graph_.nodes[i].output.index()])
        if (after[reader.index()] || HasWeights(graph_.nodes[reader.index()])) after[i] = true;
    return after;
  }

  /// Of a pair, or of a Concat; one value a channel is none.
  bool ReadsPlacedConstant(const Node& node) const {
    if (!IsBinary(node.kind) && node.kind != OpKind::kConcat) return false;
    return std::any_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) {
      const Tensor& tensor = graph_.tensor(id);
      return tensor.is_constant() && AsFeatureMap(tensor.shape).pixels() > 1;
    });
  }

  void TakeTurns() {
    AssignLevels();
    while (MoveToHostWhatDoesNotPay()) AssignLevels();
  }

  bool DependsOnHost(size_t i) const {
    return std::any_of(graph_.nodes[i].inputs.begin(), graph_.nodes[i].inputs.end(),
                       [&](TensorId input) {
                         const NodeId producer = producers_[input.index()];
                         return producer.valid() && levels_[producer.index()] >= kFirstHostAfter;
                       });
  }

  /// Nodes the device cannot run, and what they depend on, go before the device as long as that is
  /// little; the first that are more work come after it.
  void FillPrologue() {
    for (size_t i = 0; i < levels_.size(); ++i) {
      if (!DependsOnHost(i) && reasons_[i].empty()) continue;
      if (!DependsOnHost(i) && MoveToPrologue(i)) continue;
      levels_[i] = kFirstHostAfter;
    }
  }

  /// The node and what it depends on, as far as that is not in the prologue already.
  std::vector<size_t> NewForPrologue(size_t node) const {
    std::vector<size_t> found = {node};
    std::set<size_t> seen = {node};
    for (size_t next = 0; next < found.size(); ++next) {
      for (const TensorId input : graph_.nodes[found[next]].inputs) {
        const NodeId producer = producers_[input.index()];
        if (!producer.valid() || levels_[producer.index()] == kPrologue) continue;
        if (seen.insert(producer.index()).second) found.push_back(producer.index());
      }
    }
    return found;
  }

  /// Only the start of the network may run before the device: less than 1 % of its work.
  bool MoveToPrologue(size_t node) {
    const std::vector<size_t> moved = NewForPrologue(node);
    int64_t cost = prologue_cost_;
    for (const size_t i : moved) cost += costs_[i];
    if (cost != 0 && cost >= total_ / 100) return false;
    for (const size_t i : moved) levels_[i] = kPrologue;
    prologue_cost_ = cost;
    return true;
  }

  /// Every node as early as what it reads and its side allow.
  void AssignLevels() {
    for (size_t i = 0; i < levels_.size(); ++i) {
      if (levels_[i] == kPrologue) continue;
      Level level = kFirstDevice;
      for (const TensorId input : graph_.nodes[i].inputs) {
        const NodeId producer = producers_[input.index()];
        if (producer.valid()) level = std::max(level, levels_[producer.index()]);
      }
      const bool fits = OnDevice(level) == reasons_[i].empty();
      levels_[i] = fits ? level : level + 1;
    }
    DelayCopies();
  }

  /// What only stores values anew goes to the part that reads it, so that it neither crosses twice
  /// nor is judged by itself. The first part takes what it can get without the host.
  void DelayCopies() {
    for (size_t i = levels_.size(); i-- > 0;) {
      const Node& node = graph_.nodes[i];
      const bool copies = node.kind == OpKind::kReshape || node.kind == OpKind::kFakeQuantize;
      if (!copies || !OnDevice(levels_[i]) || levels_[i] == kFirstDevice) continue;
      if (!IsReadOnly(node.output, OnDevice)) continue;
      Level first = LastLevel();
      for (const NodeId reader : consumers_[node.output.index()])
        first = std::min(first, levels_[reader.index()]);
      levels_[i] = first;
    }
  }

  std::vector<bool> At(Level level) const {
    std::vector<bool> chosen;
    for (const Level l : levels_) chosen.push_back(l == level);
    return chosen;
  }

  Level LastLevel() const { return *std::max_element(levels_.begin(), levels_.end()); }

  /// Takes the first device part that does not pay from the device. The one that needs no host
  /// before it stays where it is the only one: without any the device would have nothing to do.
  bool MoveToHostWhatDoesNotPay() {
    const Level last = LastLevel();
    for (Level level = kFirstDevice + 2; level <= last; level += 2)
      if (MoveToHostUnlessItPays(level)) return true;
    return last >= kFirstDevice + 2 && MoveToHostUnlessItPays(kFirstDevice);
  }

  bool MoveToHostUnlessItPays(Level level) {
    const std::vector<bool> chosen = At(level);
    if (std::find(chosen.begin(), chosen.end(), true) == chosen.end()) return false;
    const SegmentCost cost = CostOfSegment(graph_, chosen, target_);
    if (cost.pays()) return false;
    const std::string reason = fmt::format(
        "between host operators, and too little for a launch: {:.0f} us there, {:.0f} "
        "us by the device",
        cost.host_seconds * 1e6, cost.device_seconds * 1e6);
    for (size_t i = 0; i < chosen.size(); ++i)
      if (chosen[i]) reasons_[i] = reason;
    return true;
  }

  /// Not an output of the network, and read by nothing but nodes for which `is_there` holds.
  template <class Predicate>
  bool IsReadOnly(TensorId id, Predicate is_there) const {
    const std::vector<NodeId>& readers = consumers_[id.index()];
    const bool is_output =
        std::find(graph_.outputs.begin(), graph_.outputs.end(), id) != graph_.outputs.end();
    return !is_output && !readers.empty() &&
           std::all_of(readers.begin(), readers.end(),
                       [&](NodeId reader) { return is_there(levels_[reader.index()]); });
  }

  /// What is picked out of a tensor for the host alone is picked there, for nothing, as long as no
  /// more bytes leave the device for it: there a pick of channels is a convolution with weights.
  void LeavePicks() {
    for (size_t t = 0; t < graph_.tensors.size(); ++t) {
      std::vector<size_t> picks;
      int64_t picked = 0;
      for (const NodeId reader : consumers_[t]) {
        const Node& node = graph_.nodes[reader.index()];
        const bool is_pick = node.kind == OpKind::kSlice || node.kind == OpKind::kGather;
        if (!is_pick || !OnDevice(levels_[reader.index()])) continue;
        if (!IsReadOnly(node.output, [](Level level) { return !OnDevice(level); })) continue;
        picks.push_back(reader.index());
        picked += graph_.tensor(node.output).shape.elements();
      }
      const NodeId producer = producers_[t];
      if (!producer.valid() || picked < graph_.tensors[t].shape.elements()) continue;
      for (const size_t i : picks) {
        ++levels_[i];
        reasons_[i] = "only the host reads its result, and picks it without weights";
      }
    }
  }

  /// Work that keeps the number of bytes and whose results only the end of the network on the host
  /// reads is done there, before any rounding: box decoders (Exp, Mul) and probabilities lose
  /// nothing to int8. So is what only puts elements elsewhere for it.
  void LeaveFloatTails() {
    const Level end = LastLevel() + (OnDevice(LastLevel()) ? 1 : 0);
    for (size_t i = levels_.size(); i-- > 0;) {
      const Node& node = graph_.nodes[i];
      if (!OnDevice(levels_[i])) continue;
      const bool reads_at_end = IsReadOnly(node.output, [&](Level level) { return level == end; });
      const bool moves = MovesElements(node);
      const bool leaves = MapsValues(node)
                              ? reads_at_end
                              : (moves || node.kind == OpKind::kSoftmax) && IsLast(i, end);
      if (!leaves) continue;
      levels_[i] = end;
      reasons_[i] = moves ? "only the host reads its result, and can read it in any order"
                          : "only the host reads its result, and computes it without rounding";
    }
  }

  /// A function of one tensor, value by value: of it alone, or of it and a constant.
  bool MapsValues(const Node& node) const {
    if (node.kind == OpKind::kUnary) return true;
    const std::optional<size_t> constant = ConstantOperand(graph_, node);
    return constant &&
           graph_.tensor(node.inputs[1 - *constant]).shape == graph_.tensor(node.output).shape;
  }

  bool MovesElements(const Node& node) const {
    const Shape& x = graph_.tensor(node.inputs[0]).shape;
    if (node.kind == OpKind::kTranspose)
      return !KeepsOrder(x, node.as<TransposeAttributes>().permutation);
    const Shape& y = graph_.tensor(node.output).shape;
    return node.kind == OpKind::kReshape && AsFeatureMap(x).channels != AsFeatureMap(y).channels;
  }

  /// After a device node, and read by the end of the network or nobody else than its user: of a
  /// softmax, most of a thousand probabilities are below a step of int8.
  bool IsLast(size_t i, Level end) const {
    const Node& node = graph_.nodes[i];
    const NodeId producer = producers_[node.inputs[0].index()];
    if (!producer.valid() || !OnDevice(levels_[producer.index()])) return false;
    const std::vector<NodeId>& readers = consumers_[node.output.index()];
    return std::all_of(readers.begin(), readers.end(),
                       [&](NodeId reader) { return levels_[reader.index()] == end; });
  }

  /// The part of every node. Levels that nothing is left of vanish, and host parts then adjoin.
  std::vector<size_t> NumberParts(Partition& partition) const {
    std::vector<size_t> part_of_level(LastLevel() + 1, 0);
    for (Level level = 0; level <= LastLevel(); ++level) {
      if (std::find(levels_.begin(), levels_.end(), level) == levels_.end()) continue;
      const bool on_device = OnDevice(level);
      if (partition.parts.empty() || partition.parts.back().on_device != on_device)
        partition.parts.push_back({.name = {}, .graph = {}, .on_device = on_device});
      part_of_level[level] = partition.parts.size() - 1;
    }
    std::vector<size_t> parts;
    for (const Level level : levels_) parts.push_back(part_of_level[level]);
    return parts;
  }

  static void NameParts(std::vector<Part>& parts) {
    const auto is_device = [](const Part& part) { return part.on_device; };
    const auto first = std::find_if(parts.begin(), parts.end(), is_device);
    const auto last = std::find_if(parts.rbegin(), parts.rend(), is_device).base();
    size_t devices = 0;
    size_t between = 0;
    for (auto part = parts.begin(); part != parts.end(); ++part) {
      if (part->on_device)
        part->name = devices++ == 0 ? "model" : fmt::format("model{}", devices - 1);
      else if (first == parts.end())
        part->name = "host";
      else if (part < first)
        part->name = "prologue";
      else
        part->name = part >= last ? "epilogue" : fmt::format("host{}", ++between);
    }
  }

  std::string HostReason(size_t i) const {
    if (!reasons_[i].empty()) return reasons_[i];
    return levels_[i] == kPrologue ? "an operator after it runs on the host"
                                   : "an operator before it runs on the host";
  }

  /// Of what node `i` reads and makes. What several nodes of a part read is the first one's.
  Bytes Crossing(size_t i, const std::vector<size_t>& parts, const Partition& partition,
                 std::set<std::pair<TensorId, size_t>>& counted) const {
    const Node& node = graph_.nodes[i];
    int64_t elements = 0;
    for (const TensorId input : node.inputs) {
      const NodeId producer = producers_[input.index()];
      if (!producer.valid() || !partition.parts[parts[producer.index()]].on_device) continue;
      if (counted.emplace(input, parts[i]).second)
        elements += graph_.tensor(input).shape.elements();
    }
    for (size_t reader = i + 1; reader < graph_.nodes.size(); ++reader) {
      const std::vector<TensorId>& inputs = graph_.nodes[reader].inputs;
      if (std::find(inputs.begin(), inputs.end(), node.output) == inputs.end()) continue;
      if (partition.parts[parts[reader]].on_device &&
          counted.emplace(node.output, parts[reader]).second)
        elements += graph_.tensor(node.output).shape.elements();
    }
    return Bytes(elements);
  }

  /// The row of what `node` stands for in the model: several nodes may stand for one of it.
  static HostNode& HostNodeOf(const Node& node, size_t part, std::vector<HostNode>& list) {
    const bool imported = !node.origin.node.empty();
    const std::string& name = imported ? node.origin.node : node.name;
    const auto found = std::find_if(list.begin(), list.end(), [&](const HostNode& row) {
      return row.node == name && row.part == part;
    });
    if (found != list.end()) return *found;
    list.push_back({.node = name,
                    .op = imported ? node.origin.op : node.onnx_op,
                    .reason = "",
                    .part = part,
                    .macs = {},
                    .crossing = {}});
    return list.back();
  }

  Partition Cut() const {
    Partition partition;
    const std::vector<size_t> parts = NumberParts(partition);
    NameParts(partition.parts);
    int64_t device_cost = 0;
    std::set<std::pair<TensorId, size_t>> counted;
    for (size_t i = 0; i < parts.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (partition.parts[parts[i]].on_device) {
        device_cost += costs_[i];
      } else {
        HostNode& host = HostNodeOf(node, parts[i], partition.host_nodes);
        if (host.reason.empty()) host.reason = HostReason(i);
        host.macs += CountMacs(graph_, node);
        host.crossing += Crossing(i, parts, partition, counted);
      }
    }
    if (total_ > 0) {
      partition.device_mac_share = static_cast<double>(device_cost) / static_cast<double>(total_);
    }
    for (size_t p = 0; p < partition.parts.size(); ++p) {
      std::vector<bool> chosen;
      for (const size_t part : parts) chosen.push_back(part == p);
      Part& part = partition.parts[p];
      const std::string suffix = part.name == "model" ? "" : "_" + part.name;
      part.graph = ExtractSubgraph(graph_, chosen, graph_.name + suffix);
    }
    return partition;
  }

  const Graph& graph_;
  const Target& target_;
  const PartitionOptions& options_;
  std::vector<NodeId> producers_;
  std::vector<std::vector<NodeId>> consumers_;
  std::vector<int64_t> costs_;
  int64_t total_ = 0;
  int64_t prologue_cost_ = 0;
  std::vector<Level> levels_;
  std::vector<std::string> reasons_;  // Why a node is on the host; empty for the device's own.
};

}  // namespace

std::vector<size_t> Partition::DeviceParts() const {
  std::vector<size_t> indices;
  for (size_t i = 0; i < parts.size(); ++i)
    if (parts[i].on_device) indices.push_back(i);
  return indices;
}

Result<Partition> PartitionGraph(const Graph& graph, const Target& target,
                                 const PartitionOptions& options) {
  return Splitter(graph, target, options).Run();
}

}  // namespace imcc
