// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>

#include "ir/broken.h"
#include "ir/graph.h"
#include "ir/operator_table.h"

namespace imcc {
namespace {

size_t ExpectedAttributes(OpKind kind) {
  const auto index_of = [](const Attributes& attributes) { return attributes.index(); };
  switch (kind) {
    case OpKind::kConv:
      return index_of(ConvAttributes{});
    case OpKind::kUnary:
      return index_of(UnaryAttributes{});
    case OpKind::kMaxPool:
    case OpKind::kAveragePool:
      return index_of(PoolAttributes{});
    case OpKind::kConcat:
      return index_of(ConcatAttributes{});
    case OpKind::kTranspose:
      return index_of(TransposeAttributes{});
    case OpKind::kPad:
      return index_of(PadAttributes{});
    case OpKind::kResize:
      return index_of(ResizeAttributes{});
    case OpKind::kSoftmax:
      return index_of(SoftmaxAttributes{});
    case OpKind::kSlice:
      return index_of(SliceAttributes{});
    case OpKind::kReduce:
      return index_of(ReduceAttributes{});
    case OpKind::kGather:
      return index_of(GatherAttributes{});
    case OpKind::kArgMax:
      return index_of(ArgMaxAttributes{});
    case OpKind::kConvTranspose:
      return index_of(ConvTransposeAttributes{});
    case OpKind::kFakeQuantize:
      return index_of(QuantizeAttributes{});
    case OpKind::kLayerNorm:
      return index_of(LayerNormAttributes{});
    case OpKind::kMatMul:
      return index_of(MatMulAttributes{});
    default:
      return index_of(std::monostate{});
  }
}

Status VerifyTensors(const Graph& graph) {
  std::set<std::string> names;
  for (const Tensor& tensor : graph.tensors) {
    const std::string subject = fmt::format("tensor '{}'", tensor.name);
    if (!names.insert(tensor.name).second) return Broken(subject, "its name is used twice");
    for (const int64_t dim : tensor.shape.dims()) {
      if (dim < 1) return Broken(subject, "shape " + tensor.shape.ToString() + " is empty");
    }
    if (tensor.layout == Layout::kChannelsLast && tensor.shape.rank() != 4) {
      return Broken(subject, "is channels-last but its shape is " + tensor.shape.ToString());
    }
    if (tensor.is_constant() &&
        static_cast<int64_t>(tensor.constant.size()) != tensor.shape.elements()) {
      return Broken(subject, fmt::format("holds {} values for shape {}", tensor.constant.size(),
                                         tensor.shape.ToString()));
    }
  }
  return {};
}

/// Walks the nodes in order, keeping which tensors have a value so far.
class OrderCheck {
 public:
  explicit OrderCheck(const Graph& graph) : graph_(graph), known_(graph.tensors.size(), false) {}

  Status Run() {
    for (size_t i = 0; i < known_.size(); ++i) known_[i] = graph_.tensors[i].is_constant();
    for (const TensorId id : graph_.inputs) IMCC_TRY(Define(id, "graph input"));
    for (const Node& node : graph_.nodes) IMCC_TRY(Visit(node));
    if (graph_.outputs.empty()) return Broken("graph", "has no outputs");
    for (const TensorId id : graph_.outputs) IMCC_TRY(Use(id, "graph output"));
    return {};
  }

 private:
  Status InRange(TensorId id, const std::string& subject) const {
    if (id.valid() && id.index() < known_.size()) return {};
    return Broken(subject, "refers to a tensor that does not exist");
  }
  Status Define(TensorId id, const std::string& subject) {
    IMCC_TRY(InRange(id, subject));
    if (known_[id.index()]) {
      return Broken(subject,
                    fmt::format("writes '{}', which already has a value", graph_.tensor(id).name));
    }
    known_[id.index()] = true;
    return {};
  }
  Status Use(TensorId id, const std::string& subject) const {
    IMCC_TRY(InRange(id, subject));
    if (known_[id.index()]) return {};
    return Broken(subject, fmt::format("reads '{}' before it is written", graph_.tensor(id).name));
  }

  Status Visit(const Node& node) {
    const std::string subject = fmt::format("{} '{}'", Info(node.kind).name, node.name);
    for (const TensorId id : node.inputs) IMCC_TRY(Use(id, subject));
    IMCC_TRY(Define(node.output, subject));
    if (node.attributes.index() != ExpectedAttributes(node.kind)) {
      return Broken(subject, "has attributes of another operator");
    }
    IMCC_ASSIGN(const Shape shape, InferShape(graph_, node));
    if (shape == graph_.tensor(node.output).shape) return {};
    return Broken(subject,
                  fmt::format("output is {} but should be {}",
                              graph_.tensor(node.output).shape.ToString(), shape.ToString()));
  }

  const Graph& graph_;
  std::vector<bool> known_;
};

}  // namespace

Status Verify(const Graph& graph) {
  IMCC_TRY(VerifyTensors(graph));
  return OrderCheck(graph).Run();
}

}  // namespace imcc
