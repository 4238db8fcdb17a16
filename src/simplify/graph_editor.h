// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ir/graph.h"

namespace imcc {

/// Who writes and who reads what while a rewrite walks over a graph, kept up to date by its edits.
/// Nodes may only be changed through it (their attributes freely). Replaced nodes stay in place,
/// without output users, until `Finish`.
class GraphEditor {
 public:
  explicit GraphEditor(Graph& graph);

  size_t node_count() const { return graph_.nodes.size(); }
  Node& node(size_t i) { return graph_.nodes[i]; }
  bool erased(size_t i) const { return erased_[i]; }
  const Tensor& tensor(TensorId id) const { return graph_.tensor(id); }
  bool is_constant(TensorId id) const { return graph_.tensor(id).is_constant(); }

  /// The node computing a tensor, null for inputs and constants.
  Node* Producer(TensorId id);
  /// The node computing a tensor if it is of this kind, else null.
  Node* Producer(TensorId id, OpKind kind);
  /// True if exactly one node input reads the tensor and no graph output is it.
  bool HasOneUse(TensorId id) const { return uses_[id.index()] == 1; }

  /// A new constant, named `base` if that is free in the end, else with a number behind it;
  /// `scales` of the int8 values it came as, if it did.
  TensorId AddConstant(const std::string& base, Shape shape, std::vector<float> values,
                       std::vector<float> scales = {});
  /// Weights made from others, int8 ones with `scales` if these came from a quantised model.
  TensorId AddWeights(const Tensor& from, Shape shape, std::vector<float> values,
                      std::vector<float> scales);
  /// A new activation, to be written by a node given to `InsertBefore`.
  TensorId AddActivation(const std::string& base, Shape shape, Layout layout);
  void SetInputs(Node& node, std::vector<TensorId> inputs);
  /// `consumer` did what `producer` now does itself: producer writes consumer's output.
  void Absorb(Node& producer, Node& consumer);
  /// Readers of `node`'s output read `tensor` instead and the node goes. Not for graph outputs.
  void Bypass(Node& node, TensorId tensor);
  bool IsOutput(TensorId id) const { return is_output_[id.index()]; }

  /// Queues a node to be put before `position` on Finish. It stands for what `position` stands for,
  /// unless it says otherwise.
  void InsertBefore(const Node& position, Node added);
  void InsertAfter(const Node& position, Node added);

  /// Removes erased nodes, inserts queued ones and drops what no output needs.
  void Finish();

 private:
  size_t IndexOf(const Node& node) const;
  void GiveWantedNames();
  void Count(const Node& node, int delta);

  Graph& graph_;
  std::vector<int>
      uses_;  // By tensor; graph outputs count one, and one more so that they are kept.
  std::vector<bool> is_output_;
  std::vector<NodeId> producers_;
  std::vector<std::vector<size_t>> readers_;  // May name nodes that read it no longer.
  std::vector<bool> erased_;
  std::vector<std::pair<size_t, Node>> inserted_;    // Before this node index.
  std::map<std::string, std::string> wanted_names_;  // Of added tensors: name so far -> wanted.
};

}  // namespace imcc
