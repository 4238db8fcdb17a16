// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/find_moves.h"

#include "base/check.h"
#include "ir/move_room.h"
#include "mapping/assign_buffers.h"
#include "mapping/budget.h"

namespace imcc {
namespace {

bool IsMover(const QNode& node) {
  return std::holds_alternative<QTranspose>(node.operation) ||
         std::holds_alternative<QGather>(node.operation) ||
         std::holds_alternative<QReshape>(node.operation);
}

std::optional<ElementView> Apply(const QNode& node, const Shape& shape, const ElementView& view) {
  if (const auto* transpose = std::get_if<QTranspose>(&node.operation))
    return Transposed(view, shape, transpose->permutation);
  if (const auto* gather = std::get_if<QGather>(&node.operation))
    return Gathered(view, shape, gather->axis, gather->indices);
  return view;
}

class MoveFinder {
 public:
  MoveFinder(const QuantizedGraph& graph, const Target& target, const CompilationOptions& options)
      : graph_(graph),
        target_(target),
        options_(options),
        uses_(CountUses(graph)),
        only_reader_(graph.tensors.size()),
        waiting_(graph.tensors.size()),
        moves_(graph.nodes.size()) {
    for (size_t i = 0; i < graph.nodes.size(); ++i)
      for (const QTensorId id : graph.nodes[i].inputs) only_reader_[id.index()] = i;
  }

  std::vector<std::optional<Move>> Find() && {
    for (size_t i = 0; i < graph_.nodes.size(); ++i)
      if (IsMover(graph_.nodes[i])) Add(i);
    return std::move(moves_);
  }

 private:
  /// A move that its reader will do, and the node that makes it otherwise.
  struct Waiting {
    size_t node = 0;
    Move move;
  };

  void Add(size_t index) {
    const QNode& node = graph_.nodes[index];
    std::optional<Move> move = JoinedWithWaiting(node);
    if (!move) {
      const QTensorId input = node.inputs[0];
      if (const auto& before = waiting_[input.index()]) moves_[before->node] = before->move;
      if (KeepsPixels(graph_, node)) return;
      const Shape& shape = graph_.tensor(input).shape;
      std::optional<ElementView> view = Apply(node, shape, WholeView(shape.elements()));
      IMCC_CHECK(view.has_value(), "a whole tensor cannot be taken apart");
      move = Move{input, std::move(*view)};
    }
    if (uses_[node.output.index()] == 1 && HasMovingReader(node.output))
      waiting_[node.output.index()] = {index, std::move(*move)};
    else
      moves_[index] = std::move(move);
  }

  /// What waits for this node and the node itself as one move; nothing if there is none, or none
  /// that L1 holds and one view says.
  std::optional<Move> JoinedWithWaiting(const QNode& node) const {
    const QTensorId input = node.inputs[0];
    const std::optional<Waiting>& before = waiting_[input.index()];
    if (!before) return std::nullopt;
    const QTensorId source = before->move.source;
    if (!FitL1(graph_.tensor(source), graph_.tensor(node.output), target_, options_))
      return std::nullopt;
    std::optional<ElementView> view = Apply(node, graph_.tensor(input).shape, before->move.view);
    if (!view) return std::nullopt;
    return Move{source, std::move(*view)};
  }

  bool HasMovingReader(QTensorId id) const {
    const std::optional<size_t>& reader = only_reader_[id.index()];
    return reader && IsMover(graph_.nodes[*reader]);
  }

  const QuantizedGraph& graph_;
  const Target& target_;
  const CompilationOptions& options_;
  std::vector<int> uses_;
  std::vector<std::optional<size_t>> only_reader_;  // By tensor; the last of several.
  std::vector<std::optional<Waiting>> waiting_;     // By tensor.
  std::vector<std::optional<Move>> moves_;
};

}  // namespace

bool KeepsPixels(const QuantizedGraph& graph, const QNode& node) {
  return std::holds_alternative<QReshape>(node.operation) &&
         AsFeatureMap(graph.tensor(node.inputs[0]).shape).channels ==
             AsFeatureMap(graph.tensor(node.output).shape).channels;
}

bool MovesElements(const QuantizedGraph& graph, const QNode& node) {
  return IsMover(node) && !KeepsPixels(graph, node);
}

bool FitL1(const QTensor& from, const QTensor& to, const Target& target,
           const CompilationOptions& options) {
  return MoveBytes(from.shape, to.shape, target.pword) <= MoveRoom(BudgetOf(target, options).l1);
}

std::vector<std::optional<Move>> FindMoves(const QuantizedGraph& graph, const Target& target,
                                           const CompilationOptions& options) {
  return MoveFinder(graph, target, options).Find();
}

}  // namespace imcc
