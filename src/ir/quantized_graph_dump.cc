// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "ir/quantized_graph.h"

namespace imcc {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;  // clang 14 does not deduce it.

std::string DescribeClamp(ClampRange clamp) {
  return clamp == ClampRange{} ? "" : fmt::format(" clamp=[{},{}]", clamp.lo, clamp.hi);
}

std::string DescribeWindow(const Window& w) {
  std::string text = fmt::format(" {}x{}", w.kernel_h, w.kernel_w);
  if (w.stride_h != 1 || w.stride_w != 1)
    text += fmt::format(" stride={}x{}", w.stride_h, w.stride_w);
  if (w.dilation_h != 1 || w.dilation_w != 1)
    text += fmt::format(" dilation={}x{}", w.dilation_h, w.dilation_w);
  if (w.padding.any())
    text += fmt::format(" pad={},{},{},{}", w.padding.top, w.padding.left, w.padding.bottom,
                        w.padding.right);
  return text;
}

std::string DescribeDetails(const QOperation& operation) {
  return std::visit(
      Overloaded{
          [](const QConv& op) {
            const std::string groups = op.groups == 1 ? "" : fmt::format(" groups={}", op.groups);
            return DescribeWindow(op.window) + groups + DescribeClamp(op.clamp);
          },
          [](const QTable& op) { return fmt::format(" {}", ToString(op.function)); },
          [](const QElementwise& op) {
            return fmt::format("{}{}", op.broadcast_b ? " broadcast" : "", DescribeClamp(op.clamp));
          },
          [](const QPool& op) {
            return fmt::format("{}{}{}", DescribeWindow(op.window),
                               op.count_include_pad ? " count_include_pad" : "",
                               DescribeClamp(op.clamp));
          },
          [](const QConcat& op) { return fmt::format(" axis={}", op.axis); },
          [](const QPad& op) {
            return fmt::format(" {},{},{},{} value={}", op.padding.top, op.padding.left,
                               op.padding.bottom, op.padding.right, op.value);
          },
          [](const QTranspose& op) {
            return fmt::format(" to {}", fmt::join(op.permutation, ","));
          },
          [](const QGather& op) {
            return fmt::format(" axis={} {} indices", op.axis, op.indices.size());
          },
          [](const QMatMul& op) { return DescribeClamp(op.clamp); },
          [](const auto&) { return std::string(); }},
      operation);
}

std::string DescribeQuantization(const Quantization& q) {
  if (q.scale.empty() || q.zero_point.empty()) return "unquantised";
  if (q.per_channel()) return fmt::format("{} scales", q.scale.size());
  return fmt::format("{:.9g}*(q{:+d})", q.scale[0], -q.zero_point[0]);
}

std::string DescribeTensor(const QuantizedGraph& graph, QTensorId id) {
  const QTensor& tensor = graph.tensor(id);
  return fmt::format("%{} '{}' {} {}", id.index(), tensor.name, tensor.shape.ToString(),
                     DescribeQuantization(tensor.quantization));
}

}  // namespace

std::string OperationName(const QOperation& operation) {
  return std::visit(
      Overloaded{
          [](const QConv& op) { return op.is_depthwise() ? "Depthwise" : "Conv"; },
          [](const QTable&) { return "Table"; },
          [](const QElementwise& op) {
            static constexpr const char* kNames[] = {"Add", "Sub", "Mul", "Div", "Max", "Min"};
            return kNames[static_cast<size_t>(op.kind)];
          },
          [](const QPool& op) { return op.kind == QPool::Kind::kMax ? "MaxPool" : "AveragePool"; },
          [](const QConcat&) { return "Concat"; }, [](const QPad&) { return "Pad"; },
          [](const QResize&) { return "Resize"; }, [](const QReshape&) { return "Reshape"; },
          [](const QTranspose&) { return "Transpose"; }, [](const QGather&) { return "Gather"; },
          [](const QSoftmax&) { return "Softmax"; }, [](const QLayerNorm&) { return "LayerNorm"; },
          [](const QMatMul&) { return "MatMul"; },
          [](const QExtreme& op) {
            if (op.index) return op.smallest ? "ArgMin" : "ArgMax";
            return op.smallest ? "ReduceMin" : "ReduceMax";
          }},
      operation);
}

std::string Dump(const QuantizedGraph& graph) {
  std::string text = fmt::format("quantized graph '{}'\n", graph.name);
  for (const QTensorId id : graph.inputs)
    text += fmt::format("  input {}\n", DescribeTensor(graph, id));
  for (size_t i = 0; i < graph.tensors.size(); ++i)
    if (graph.tensors[i].is_constant())
      text += fmt::format("  constant {}\n", DescribeTensor(graph, QTensorId(i)));
  for (const QNode& node : graph.nodes) {
    text += fmt::format("  {} = {}(", DescribeTensor(graph, node.output),
                        OperationName(node.operation));
    for (size_t i = 0; i < node.inputs.size(); ++i)
      text += fmt::format("{}%{}", i == 0 ? "" : ", ", node.inputs[i].index());
    text += fmt::format("){} '{}'\n", DescribeDetails(node.operation), node.name);
  }
  for (const QTensorId id : graph.outputs) text += fmt::format("  output %{}\n", id.index());
  return text;
}

}  // namespace imcc
