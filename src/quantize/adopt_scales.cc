// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/adopt_scales.h"

#include <algorithm>
#include <map>

#include "ir/operator_table.h"
#include "quantize/quantize.h"

namespace imcc {
namespace {

class ScaleAdopter {
 public:
  explicit ScaleAdopter(Graph& graph)
      : graph_(graph), consumers_(graph.Consumers()), source_(std::move(graph.nodes)) {
    graph_.nodes.clear();
    given_.resize(graph.tensors.size());
  }

  GivenScales Run() && {
    for (Node node : source_) {
      for (TensorId& input : node.inputs) input = Current(input);
      if (node.kind == OpKind::kFakeQuantize)
        Adopt(std::move(node));
      else
        Keep(std::move(node));
    }
    // An output that took over the name of a tensor is what earlier readers of that tensor read.
    for (Node& node : graph_.nodes)
      for (TensorId& input : node.inputs) input = Current(input);
    RemoveUnread();
    return std::move(given_);
  }

 private:
  TensorId Current(TensorId id) const {
    for (auto found = renamed_.find(id); found != renamed_.end(); found = renamed_.find(id))
      id = found->second;
    return id;
  }
  bool IsOutput(TensorId id) const { return Contains(graph_.outputs, id); }
  bool IsInput(TensorId id) const { return Contains(graph_.inputs, id); }
  static bool Contains(const std::vector<TensorId>& ids, TensorId id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  }
  std::optional<Quantization>& Given(TensorId id) { return given_[id.index()]; }

  /// All that reads a tensor is roundings to one grid.
  bool IsOnlyRounded(TensorId id, const QuantizeAttributes& grid) const {
    return !IsOutput(id) && std::all_of(consumers_[id.index()].begin(),
                                        consumers_[id.index()].end(), [&](NodeId reader) {
                                          const Node& node = source_[reader.index()];
                                          return node.kind == OpKind::kFakeQuantize &&
                                                 node.as<QuantizeAttributes>() == grid;
                                        });
  }

  /// What a tensor is rounded to, it may be rounded to as it is made; or before, where operators
  /// between only move values.
  bool CanTake(TensorId x, const Quantization& wanted) const {
    if (given_[x.index()]) return given_[x.index()] == wanted;
    if (!producer_.contains(x)) return IsInput(x);
    const Node& maker = graph_.nodes[producer_.at(x)];
    if (!Info(maker.kind).keeps_quantization) return true;
    const bool moves = Info(maker.kind).moves_data_only || maker.kind == OpKind::kMaxPool;
    const TensorId from = maker.inputs[0];
    return moves && !wanted.per_channel() && maker.activation.kind == UnaryKind::kIdentity &&
           consumers_[from.index()].size() == 1 && !IsOutput(from) && CanTake(from, wanted);
  }
  void Give(TensorId x, const Quantization& wanted) {
    Given(x) = wanted;
    if (!producer_.contains(x)) return;
    const Node& maker = graph_.nodes[producer_.at(x)];
    if (Info(maker.kind).keeps_quantization) return Give(maker.inputs[0], wanted);
    if (maker.kind != OpKind::kConcat || wanted.per_channel()) return;
    for (const TensorId part : maker.inputs)
      if (!Given(part) && consumers_[part.index()].size() == 1 && !IsOutput(part) &&
          CanTake(part, wanted))
        Give(part, wanted);
  }

  void Adopt(Node node) {
    const TensorId x = node.inputs[0];
    const auto grid = node.as<QuantizeAttributes>();
    const Quantization wanted{grid.scale, grid.zero_point};
    if (!Given(x) && IsInput(x)) Given(x) = wanted;
    if (!Given(x) && IsOnlyRounded(x, grid) && CanTake(x, wanted)) Give(x, wanted);
    if (Given(x) == wanted && !IsOutput(node.output)) {
      renamed_[node.output] = x;
      return;
    }
    // A network's output keeps its name.
    Given(node.output) = wanted;
    if (Given(x) == wanted && producer_.contains(x) && IsOnlyRounded(x, grid) && !IsInput(x)) {
      graph_.nodes[producer_[x]].output = node.output;
      renamed_[x] = node.output;
      producer_[node.output] = producer_[x];
      return;
    }
    node.kind = OpKind::kUnary;
    node.attributes = UnaryAttributes{};
    Append(std::move(node));
  }

  void Keep(Node node) {
    if (Info(node.kind).keeps_quantization) Given(node.output) = Given(node.inputs[0]);
    Append(std::move(node));
  }

  void Append(Node node) {
    producer_[node.output] = graph_.nodes.size();
    graph_.nodes.push_back(std::move(node));
  }

  /// Tensors that roundings made are gone.
  void RemoveUnread() {
    std::map<std::string, Quantization> by_name;
    for (size_t i = 0; i < given_.size(); ++i)
      if (given_[i]) by_name[graph_.tensors[i].name] = *given_[i];
    RemoveDeadCode(graph_);
    given_.assign(graph_.tensors.size(), std::nullopt);
    for (size_t i = 0; i < given_.size(); ++i) {
      const auto found = by_name.find(graph_.tensors[i].name);
      if (found != by_name.end()) given_[i] = found->second;
    }
  }

  Graph& graph_;
  const std::vector<std::vector<NodeId>> consumers_;
  const std::vector<Node> source_;  // Of the graph as it was.
  GivenScales given_;
  std::map<TensorId, TensorId> renamed_;
  std::map<TensorId, size_t> producer_;  // Node of the graph as it becomes.
};

}  // namespace

GivenScales AdoptScales(Graph& graph) {
  const bool is_quantized =
      std::any_of(graph.nodes.begin(), graph.nodes.end(),
                  [](const Node& node) { return node.kind == OpKind::kFakeQuantize; });
  return is_quantized ? ScaleAdopter(graph).Run() : GivenScales{};
}

std::vector<std::string> TensorsWithoutScale(const Graph& graph, const GivenScales& given) {
  const Graph split = SplitActivations(graph);
  std::vector<std::string> names;
  const auto check = [&](TensorId id) {
    const bool has = id.index() < given.size() && given[id.index()];
    if (!has) names.push_back(split.tensor(id).name);
  };
  for (const TensorId id : split.inputs) check(id);
  for (const Node& node : split.nodes)
    if (!Info(node.kind).keeps_quantization) check(node.output);
  return names;
}

}  // namespace imcc
