// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/graph_editor.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/check.h"

namespace imcc {

GraphEditor::GraphEditor(Graph& graph)
    : graph_(graph),
      uses_(graph.tensors.size(), 0),
      is_output_(graph.tensors.size(), false),
      producers_(graph.Producers()),
      readers_(graph.tensors.size()),
      erased_(graph.nodes.size(), false) {
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    Count(graph.nodes[i], 1);
    for (const TensorId input : graph.nodes[i].inputs) readers_[input.index()].push_back(i);
  }
  for (const TensorId output : graph.outputs) {
    uses_[output.index()] += 2;  // Never "one use": the graph's caller reads it too.
    is_output_[output.index()] = true;
  }
}

size_t GraphEditor::IndexOf(const Node& node) const {
  return static_cast<size_t>(&node - graph_.nodes.data());
}

void GraphEditor::Count(const Node& node, int delta) {
  for (const TensorId input : node.inputs) uses_[input.index()] += delta;
}

Node* GraphEditor::Producer(TensorId id) {
  const NodeId producer = producers_[id.index()];
  return producer.valid() ? &graph_.nodes[producer.index()] : nullptr;
}

Node* GraphEditor::Producer(TensorId id, OpKind kind) {
  Node* producer = Producer(id);
  return producer != nullptr && producer->kind == kind ? producer : nullptr;
}

TensorId GraphEditor::AddActivation(const std::string& base, Shape shape, Layout layout) {
  // Tensor numbers only grow while an editor lives, so the number makes the name unique unless the
  // model itself uses that very name.
  std::string name = fmt::format("{}_{}", base, graph_.tensors.size());
  const auto taken = [&](const Tensor& tensor) { return tensor.name == name; };
  while (std::any_of(graph_.tensors.begin(), graph_.tensors.end(), taken)) name += "_";
  wanted_names_[name] = base;
  uses_.push_back(0);
  is_output_.push_back(false);
  producers_.emplace_back();
  readers_.emplace_back();
  return graph_.AddTensor({.name = std::move(name), .shape = std::move(shape), .layout = layout});
}

TensorId GraphEditor::AddConstant(const std::string& base, Shape shape, std::vector<float> values,
                                  std::vector<float> scales) {
  const TensorId id = AddActivation(base, std::move(shape), Layout::kPlain);
  graph_.tensor(id).constant = std::move(values);
  graph_.tensor(id).weight_scales = std::move(scales);
  return id;
}

TensorId GraphEditor::AddWeights(const Tensor& from, Shape shape, std::vector<float> values,
                                 std::vector<float> scales) {
  const bool has_zero_point = from.has_zero_point;
  const TensorId id =
      AddConstant(from.name, std::move(shape), std::move(values), std::move(scales));
  graph_.tensor(id).has_zero_point = has_zero_point;
  return id;
}

void GraphEditor::SetInputs(Node& node, std::vector<TensorId> inputs) {
  Count(node, -1);
  node.inputs = std::move(inputs);
  Count(node, 1);
  for (const TensorId input : node.inputs) readers_[input.index()].push_back(IndexOf(node));
}

void GraphEditor::Absorb(Node& producer, Node& consumer) {
  Count(consumer, -1);
  erased_[IndexOf(consumer)] = true;
  producers_[producer.output.index()] = NodeId();
  producer.output = consumer.output;
  producers_[producer.output.index()] = NodeId(IndexOf(producer));
}

void GraphEditor::Bypass(Node& node, TensorId tensor) {
  IMCC_CHECK(!IsOutput(node.output), "bypassing a graph output");
  Count(node, -1);
  erased_[IndexOf(node)] = true;
  producers_[node.output.index()] = NodeId();
  const std::vector<size_t> readers = std::move(readers_[node.output.index()]);
  for (const size_t reader : readers) {
    if (erased_[reader]) continue;
    for (TensorId& input : graph_.nodes[reader].inputs) {
      if (input != node.output) continue;
      input = tensor;
      ++uses_[tensor.index()];
      readers_[tensor.index()].push_back(reader);
    }
  }
  uses_[node.output.index()] = 0;
}

void GraphEditor::InsertBefore(const Node& position, Node added) {
  Count(added, 1);
  if (added.origin == NodeOrigin{}) added.origin = position.origin;
  inserted_.emplace_back(IndexOf(position), std::move(added));
}

void GraphEditor::InsertAfter(const Node& position, Node added) {
  Count(added, 1);
  if (added.origin == NodeOrigin{}) added.origin = position.origin;
  inserted_.emplace_back(IndexOf(position) + 1, std::move(added));
}

void GraphEditor::Finish() {
  std::stable_sort(inserted_.begin(), inserted_.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Node> nodes;
  auto next = inserted_.begin();
  for (size_t i = 0; i <= graph_.nodes.size(); ++i) {
    for (; next != inserted_.end() && next->first == i; ++next) {
      nodes.push_back(std::move(next->second));
    }
    if (i < graph_.nodes.size() && !erased_[i]) nodes.push_back(std::move(graph_.nodes[i]));
  }
  graph_.nodes = std::move(nodes);
  RemoveDeadCode(graph_);
  GiveWantedNames();
}

/// What an added tensor replaced is gone by now more often than not, and its name free.
void GraphEditor::GiveWantedNames() {
  std::set<std::string> names;
  for (const Tensor& tensor : graph_.tensors) names.insert(tensor.name);
  for (Tensor& tensor : graph_.tensors) {
    const auto wanted = wanted_names_.find(tensor.name);
    if (wanted == wanted_names_.end() || !names.insert(wanted->second).second) continue;
    names.erase(tensor.name);
    tensor.name = wanted->second;
  }
}

}  // namespace imcc
