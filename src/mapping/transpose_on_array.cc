// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/transpose_on_array.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace imcc {
namespace {

/// Matrices [count][rows][columns] that become [count][columns][rows], once `order` has put the
/// axes of the tensor so.
struct Turn {
  std::vector<int64_t> order;
  Matrices matrices;
};

/// Nothing for transposes that leave the last axis alone or put it elsewhere than beside the last.
std::optional<Turn> TurnOf(const QuantizedGraph& graph, const QNode& node) {
  const auto* transpose = std::get_if<QTranspose>(&node.operation);
  if (transpose == nullptr) return std::nullopt;
  const QTensor& input = graph.tensor(node.inputs[0]);
  const std::vector<int64_t>& permutation = transpose->permutation;
  const size_t rank = permutation.size();
  if (rank < 2 || permutation[rank - 2] + 1 != static_cast<int64_t>(rank) ||
      input.quantization.per_channel() || input.quantization.zero_point[0] != 0)
    return std::nullopt;
  Turn turn{.order = permutation, .matrices = AsMatrices(graph.tensor(node.output).shape)};
  std::swap(turn.order[rank - 2], turn.order[rank - 1]);
  std::swap(turn.matrices.rows, turn.matrices.columns);
  return turn;
}

/// Cycles of the copies that move single bytes.
double CyclesOfCopies(const Matrices& m, const Target& target) {
  return static_cast<double>(m.count * m.elements() * target.bandwidth.shortest_run) /
         target.bandwidth.activations;
}

/// Cycles of loading, multiplying and draining matrix after matrix, and of copies: the unit
/// vectors, and the matrices where they have to be put in order.
double CyclesOfArray(const Matrices& m, bool reorders, const Target& target) {
  const int64_t cells = RoundUp(m.columns, target.pword) * m.rows;
  const double load = static_cast<double>(cells) / target.bandwidth.weights_single_channel;
  const auto multiply = static_cast<double>(m.columns * target.array.mvm_interval.count());
  const auto drain = static_cast<double>(m.columns * CeilDiv(m.rows, target.vector_lanes));
  constexpr double kTasks = 3;
  const double each =
      load + multiply + drain + kTasks * static_cast<double>(target.fetch.task_startup.count());
  const int64_t units = m.count * m.columns * RoundUp(m.columns, target.pword);
  const int64_t copied = units + (reorders ? m.count * m.elements() : 0);
  return static_cast<double>(m.count) * each +
         static_cast<double>(copied) / target.bandwidth.activations;
}

class ArrayTransposer {
 public:
  ArrayTransposer(QuantizedGraph graph, const Target& target)
      : graph_(std::move(graph)), target_(target) {}

  QuantizedGraph Run() && {
    std::vector<QNode> nodes = std::exchange(graph_.nodes, {});
    for (QNode& node : nodes) {
      const std::optional<Turn> turn = TurnOf(graph_, node);
      if (turn && Pays(*turn, graph_.tensor(node.inputs[0]).shape))
        AddProduct(std::move(node), *turn);
      else
        graph_.nodes.push_back(std::move(node));
    }
    return std::move(graph_);
  }

 private:
  /// A unit vector fills one weight tile; more would multiply zeros.
  bool Pays(const Turn& turn, const Shape& shape) const {
    const Matrices& m = turn.matrices;
    return m.columns <= target_.array.rows &&
           CyclesOfArray(m, !KeepsOrder(shape, turn.order), target_) < CyclesOfCopies(m, target_);
  }

  QTensorId AddTensor(QTensor tensor) {
    graph_.tensors.push_back(std::move(tensor));
    return QTensorId(graph_.tensors.size() - 1);
  }

  /// One identity matrix a matrix.
  QTensorId AddIdentities(const std::string& name, Shape shape) {
    const auto size = static_cast<size_t>(shape.back());
    std::vector<int8_t> values(static_cast<size_t>(shape.elements()));
    for (size_t row = 0; row * size < values.size(); ++row) values[row * size + row % size] = 1;
    return AddTensor({.name = name, .shape = std::move(shape), .constant = std::move(values)});
  }

  void AddProduct(QNode node, const Turn& turn) {
    const QTensor input = graph_.tensor(node.inputs[0]);
    const QTensor output = graph_.tensor(node.output);
    std::vector<int64_t> dims;
    for (const int64_t axis : turn.order) dims.push_back(input.shape[static_cast<size_t>(axis)]);
    QNode ordered = node;
    ordered.name += "_rows";
    ordered.output = AddTensor({.name = output.name + "_rows",
                                .shape = Shape(dims),
                                .layout = Layout::kPlain,
                                .quantization = input.quantization});
    ordered.operation = KeepsOrder(input.shape, turn.order) ? QOperation(QReshape{})
                                                            : QOperation(QTranspose{turn.order});
    dims[dims.size() - 2] = dims.back();
    node.inputs = {AddIdentities(output.name + "_units", Shape(dims)), ordered.output};
    node.operation = QMatMul{.requantizer = MakeRequantizer(1), .moves_data = true};
    graph_.nodes.push_back(std::move(ordered));
    graph_.nodes.push_back(std::move(node));
  }

  QuantizedGraph graph_;
  const Target& target_;
};

}  // namespace

QuantizedGraph TransposeOnArray(QuantizedGraph graph, const Target& target) {
  return ArrayTransposer(std::move(graph), target).Run();
}

}  // namespace imcc
