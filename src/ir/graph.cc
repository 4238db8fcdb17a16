// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/graph.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "ir/operator_table.h"

namespace imcc {
namespace {

std::string WindowText(const Window& w) {
  return fmt::format(" k{}x{} s{}x{} d{}x{} p{},{},{},{}", w.kernel_h, w.kernel_w, w.stride_h,
                     w.stride_w, w.dilation_h, w.dilation_w, w.padding.top, w.padding.left,
                     w.padding.bottom, w.padding.right);
}

struct AttributeText {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(const ConvAttributes& a) const {
    return WindowText(a.window) + fmt::format(" g{}", a.groups);
  }
  std::string operator()(const UnaryAttributes& a) const {
    return fmt::format(" {}", ToString(a.function));
  }
  std::string operator()(const PoolAttributes& a) const {
    return WindowText(a.window) + (a.count_include_pad ? " count_include_pad" : "");
  }
  std::string operator()(const ConcatAttributes& a) const {
    return fmt::format(" axis {}", a.axis);
  }
  std::string operator()(const TransposeAttributes& a) const {
    return fmt::format(" [{}]", fmt::join(a.permutation, ","));
  }
  std::string operator()(const PadAttributes& a) const {
    return fmt::format(" p{},{},{},{} value {}", a.padding.top, a.padding.left, a.padding.bottom,
                       a.padding.right, a.value);
  }
  std::string operator()(const ResizeAttributes& a) const {
    return fmt::format(" {} coordinates {} scale {}x{}",
                       a.mode == ResizeAttributes::Mode::kNearest ? "nearest" : "linear",
                       static_cast<int>(a.coordinates), a.scale_h, a.scale_w);
  }
  std::string operator()(const SoftmaxAttributes& a) const {
    return fmt::format(" axis {}", a.axis);
  }
  std::string operator()(const ReduceAttributes& a) const {
    constexpr std::array kNames = {"mean", "sum", "max", "min", "product"};
    return fmt::format(" {} of axes {} to {}", kNames[static_cast<size_t>(a.kind)], a.begin,
                       a.end - 1);
  }
  std::string operator()(const GatherAttributes& a) const {
    return fmt::format(" axis {} [{}]", a.axis, fmt::join(a.indices, ","));
  }
  std::string operator()(const ArgMaxAttributes& a) const {
    return fmt::format(" axis {}{}{}", a.axis, a.smallest ? " smallest" : "",
                       a.last ? " last" : "");
  }
  std::string operator()(const ConvTransposeAttributes& a) const {
    return WindowText(a.window) + fmt::format(" g{}", a.groups);
  }
  std::string operator()(const QuantizeAttributes& a) const {
    return fmt::format(" scale {} zero {}{}", a.scale[0], a.zero_point[0],
                       a.scale.size() > 1 ? ", ..." : "");
  }
  std::string operator()(const LayerNormAttributes& a) const {
    return fmt::format(" epsilon {:g}", a.epsilon);
  }
  std::string operator()(const MatMulAttributes& a) const {
    return a.transpose_b ? " b transposed" : "";
  }
  std::string operator()(const SliceAttributes& a) const {
    return fmt::format(" from {} step {}", fmt::join(a.starts, ","), fmt::join(a.steps, ","));
  }
};

std::string TensorText(const Tensor& tensor) {
  return fmt::format("{}:{}{}{}", tensor.name, tensor.shape.ToString(),
                     tensor.layout == Layout::kChannelsLast ? "(NHWC)" : "",
                     tensor.is_constant() ? "(constant)" : "");
}

std::string TensorTexts(const Graph& graph, const std::vector<TensorId>& ids) {
  std::vector<std::string> texts;
  for (const TensorId id : ids) texts.push_back(TensorText(graph.tensor(id)));
  return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace

TensorId Graph::AddTensor(Tensor tensor) {
  tensors.push_back(std::move(tensor));
  return TensorId(tensors.size() - 1);
}

std::vector<std::vector<NodeId>> Graph::Consumers() const {
  std::vector<std::vector<NodeId>> consumers(tensors.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    for (const TensorId input : nodes[i].inputs) consumers[input.index()].push_back(NodeId(i));
  }
  return consumers;
}

const Node* Graph::ProducerOf(TensorId tensor) const {
  const auto found = std::find_if(nodes.rbegin(), nodes.rend(),
                                  [&](const Node& node) { return node.output == tensor; });
  return found == nodes.rend() ? nullptr : &*found;
}

std::vector<NodeId> Graph::Producers() const {
  std::vector<NodeId> producers(tensors.size());
  for (size_t i = 0; i < nodes.size(); ++i) producers[nodes[i].output.index()] = NodeId(i);
  return producers;
}

Shape ExternalShape(const Tensor& tensor) {
  if (tensor.layout != Layout::kChannelsLast || tensor.shape.rank() != 4) return tensor.shape;
  return {tensor.shape[0], tensor.shape[3], tensor.shape[1], tensor.shape[2]};
}

Macs CountMacs(const Graph& graph, const Node& node) {
  if (node.kind == OpKind::kMatMul) {
    const int64_t outputs = graph.tensor(node.output).shape.elements();
    return Macs(outputs * graph.tensor(node.inputs[0]).shape.back());
  }
  if (node.kind == OpKind::kConvTranspose) {
    const Shape& weights = graph.tensor(node.inputs[1]).shape;
    const Shape& x = graph.tensor(node.inputs[0]).shape;
    return Macs(x[0] * x[1] * x[2] * weights.elements());
  }
  if (node.kind != OpKind::kConv && node.kind != OpKind::kFullyConnected) return Macs(0);
  const Shape& weights = graph.tensor(node.inputs[1]).shape;
  const int64_t products_per_output = weights.elements() / weights[0];
  return Macs(graph.tensor(node.output).shape.elements() * products_per_output);
}

std::string Dump(const Graph& graph) {
  std::string text =
      fmt::format("graph {}({}) -> ({})\n", graph.name, TensorTexts(graph, graph.inputs),
                  TensorTexts(graph, graph.outputs));
  for (const Node& node : graph.nodes) {
    text +=
        fmt::format("  {} = {}{}({})", TensorText(graph.tensor(node.output)), Info(node.kind).name,
                    std::visit(AttributeText{}, node.attributes), TensorTexts(graph, node.inputs));
    if (node.activation.kind != UnaryKind::kIdentity)
      text += fmt::format(" {}", ToString(node.activation));
    text += fmt::format("  # {}\n", node.name);
  }
  return text;
}

void RemoveDeadCode(Graph& graph) {
  std::vector<bool> live(graph.tensors.size(), false);
  for (const TensorId id : graph.outputs) live[id.index()] = true;
  std::vector<Node> nodes;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    if (!live[node->output.index()]) continue;
    for (const TensorId input : node->inputs) live[input.index()] = true;
    nodes.push_back(std::move(*node));
  }
  std::reverse(nodes.begin(), nodes.end());
  graph.nodes = std::move(nodes);
  for (const TensorId id : graph.inputs) live[id.index()] = true;

  std::vector<TensorId> renumbered(graph.tensors.size());
  std::vector<Tensor> tensors;
  for (size_t i = 0; i < live.size(); ++i) {
    if (!live[i]) continue;
    renumbered[i] = TensorId(tensors.size());
    tensors.push_back(std::move(graph.tensors[i]));
  }
  graph.tensors = std::move(tensors);
  const auto renumber = [&](TensorId& id) { id = renumbered[id.index()]; };
  std::for_each(graph.inputs.begin(), graph.inputs.end(), renumber);
  std::for_each(graph.outputs.begin(), graph.outputs.end(), renumber);
  for (Node& node : graph.nodes) {
    std::for_each(node.inputs.begin(), node.inputs.end(), renumber);
    renumber(node.output);
  }
}

}  // namespace imcc
