// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "partition/extract.h"

#include <algorithm>

namespace imcc {
namespace {

/// `first` in its order where `wanted`, then the other wanted tensors in tensor order.
std::vector<TensorId> Ordered(const std::vector<TensorId>& first, std::vector<bool> wanted) {
  std::vector<TensorId> ids;
  for (const TensorId id : first) {
    if (wanted[id.index()]) ids.push_back(id);
    wanted[id.index()] = false;
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i]) ids.emplace_back(i);
  }
  return ids;
}

}  // namespace

Graph ExtractSubgraph(const Graph& graph, const std::vector<bool>& chosen, std::string name) {
  std::vector<bool> written(graph.tensors.size(), false);
  std::vector<bool> read(graph.tensors.size(), false);
  std::vector<bool> read_outside(graph.tensors.size(), false);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (chosen[i]) written[node.output.index()] = true;
    for (const TensorId input : node.inputs) {
      (chosen[i] ? read : read_outside)[input.index()] = true;
    }
  }
  for (const TensorId output : graph.outputs) read_outside[output.index()] = true;

  std::vector<bool> inputs(graph.tensors.size(), false);
  std::vector<bool> outputs(graph.tensors.size(), false);
  Graph part;
  part.name = std::move(name);
  std::vector<TensorId> renumbered(graph.tensors.size());
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    inputs[i] = read[i] && !written[i] && !graph.tensors[i].is_constant();
    outputs[i] = written[i] && read_outside[i];
    if (read[i] || written[i]) renumbered[i] = part.AddTensor(graph.tensors[i]);
  }
  const auto renumber = [&](TensorId& id) { id = renumbered[id.index()]; };
  part.inputs = Ordered(graph.inputs, inputs);
  part.outputs = Ordered(graph.outputs, outputs);
  std::for_each(part.inputs.begin(), part.inputs.end(), renumber);
  std::for_each(part.outputs.begin(), part.outputs.end(), renumber);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!chosen[i]) continue;
    Node node = graph.nodes[i];
    std::for_each(node.inputs.begin(), node.inputs.end(), renumber);
    renumber(node.output);
    part.nodes.push_back(std::move(node));
  }
  return part;
}

}  // namespace imcc
