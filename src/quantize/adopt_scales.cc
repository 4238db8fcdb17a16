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
  explicit ScaleAdopter(const Graph& graph) : source_(graph), consumers_(graph.Consumers()) {
    result_.graph = graph;
    result_.graph.nodes.clear();
    result_.given.resize(graph.tensors.size());
  }

  AdoptedScales Run() && {
    for (Node node : source_.nodes) {
      for (TensorId& input : node.inputs) input = Current(input);
      if (node.kind == OpKind::kFakeQuantize)
        Adopt(std::move(node));
      else
        Keep(std::move(node));
    }
    RemoveUnread();
    return std::move(result_);
  }

 private:
  TensorId Current(TensorId id) const {
    const auto found = renamed_.find(id);
    return found == renamed_.end() ? id : found->second;
  }
  bool IsOutput(TensorId id) const { return Contains(source_.outputs, id); }
  bool IsInput(TensorId id) const { return Contains(source_.inputs, id); }
  static bool Contains(const std::vector<TensorId>& ids, TensorId id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  }
  std::optional<Quantization>& Given(TensorId id) { return result_.given[id.index()]; }

  /// All that reads a tensor is roundings to one grid.
  bool IsOnlyRounded(TensorId id, const QuantizeAttributes& grid) const {
    return !IsOutput(id) && std::all_of(consumers_[id.index()].begin(),
                                        consumers_[id.index()].end(), [&](NodeId reader) {
                                          const Node& node = source_.nodes[reader.index()];
                                          return node.kind == OpKind::kFakeQuantize &&
                                                 node.as<QuantizeAttributes>() == grid;
                                        });
  }

  void Adopt(Node node) {
    const TensorId x = node.inputs[0];
    const auto grid = node.as<QuantizeAttributes>();
    const Quantization wanted{grid.scale, grid.zero_point};
    if (!Given(x) && IsInput(x)) Given(x) = wanted;
    if (!Given(x) && IsOnlyRounded(x, grid) && !Info(producer_kind_[x]).keeps_quantization)
      Given(x) = wanted;
    if (Given(x) == wanted && !IsOutput(node.output)) {
      renamed_[node.output] = x;
      return;
    }
    // A network's output keeps its name.
    Given(node.output) = wanted;
    if (Given(x) == wanted && producer_.contains(x) && IsOnlyRounded(x, grid) && !IsInput(x)) {
      result_.graph.nodes[producer_[x]].output = node.output;
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
    producer_[node.output] = result_.graph.nodes.size();
    producer_kind_[node.output] = node.kind;
    result_.graph.nodes.push_back(std::move(node));
  }

  /// Tensors that roundings made are gone.
  void RemoveUnread() {
    std::map<std::string, Quantization> by_name;
    for (size_t i = 0; i < result_.given.size(); ++i)
      if (result_.given[i]) by_name[result_.graph.tensors[i].name] = *result_.given[i];
    RemoveDeadCode(result_.graph);
    result_.given.assign(result_.graph.tensors.size(), std::nullopt);
    for (size_t i = 0; i < result_.given.size(); ++i) {
      const auto found = by_name.find(result_.graph.tensors[i].name);
      if (found != by_name.end()) result_.given[i] = found->second;
    }
  }

  const Graph& source_;
  const std::vector<std::vector<NodeId>> consumers_;
  AdoptedScales result_;
  std::map<TensorId, TensorId> renamed_;
  std::map<TensorId, size_t> producer_;  // Node of the result.
  std::map<TensorId, OpKind> producer_kind_;
};

}  // namespace

bool AdoptedScales::any() const {
  return std::any_of(given.begin(), given.end(), [](const auto& g) { return g.has_value(); });
}

AdoptedScales AdoptScales(const Graph& graph) { return ScaleAdopter(graph).Run(); }

std::vector<std::string> TensorsWithoutScale(const AdoptedScales& adopted) {
  const Graph split = SplitActivations(adopted.graph);
  std::vector<std::string> names;
  const auto check = [&](TensorId id) {
    const bool has = id.index() < adopted.given.size() && adopted.given[id.index()];
    if (!has) names.push_back(split.tensor(id).name);
  };
  for (const TensorId id : split.inputs) check(id);
  for (const Node& node : split.nodes)
    if (!Info(node.kind).keeps_quantization) check(node.output);
  return names;
}

}  // namespace imcc
