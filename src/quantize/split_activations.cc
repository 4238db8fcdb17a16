// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "quantize/quantize.h"

namespace imcc {
namespace {

/// Operations of the int8 graph that end in a clamp.
bool HasClamp(OpKind kind) {
  switch (kind) {
    case OpKind::kConv:
    case OpKind::kFullyConnected:
    case OpKind::kBatchNorm:
    case OpKind::kAdd:
    case OpKind::kSub:
    case OpKind::kMul:
    case OpKind::kDiv:
    case OpKind::kMatMul:
    case OpKind::kMaxPool:
    case OpKind::kAveragePool:
      return true;
    default:
      return false;
  }
}

bool NeedsNode(const Node& node) {
  if (node.activation.kind == UnaryKind::kIdentity) return false;
  return !HasClamp(node.kind) || !IsClamp(node.activation.kind);
}

}  // namespace

Graph SplitActivations(const Graph& graph) {
  Graph split = graph;
  split.nodes.clear();
  std::set<std::string> names;
  for (const Tensor& tensor : graph.tensors) names.insert(tensor.name);
  for (Node node : graph.nodes) {
    if (!NeedsNode(node)) {
      split.nodes.push_back(std::move(node));
      continue;
    }
    Node activation{.kind = OpKind::kUnary,
                    .name = node.name + ":" + ToString(node.activation),
                    .onnx_op = ToString(node.activation),
                    .output = node.output,
                    .attributes = UnaryAttributes{node.activation}};
    Tensor before = graph.tensor(node.output);
    before.name += ":linear";
    while (!names.insert(before.name).second) before.name += "_";
    node.output = split.AddTensor(std::move(before));
    node.activation = {};
    activation.inputs = {node.output};
    split.nodes.push_back(std::move(node));
    split.nodes.push_back(std::move(activation));
  }
  return split;
}

}  // namespace imcc
