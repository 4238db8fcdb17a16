// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "reference/integer_executor.h"

#include <fmt/format.h>

#include <algorithm>

#include "reference/integer_kernels.h"

namespace imcc {
namespace {

/// The node after which nothing reads a tensor any more.
std::vector<size_t> LastUses(const QuantizedGraph& graph) {
  std::vector<size_t> last(graph.tensors.size(), graph.nodes.size());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const QTensorId id : graph.nodes[i].inputs) last[id.index()] = i;
  }
  for (const QTensorId id : graph.outputs) last[id.index()] = graph.nodes.size();
  return last;
}

/// Runs single nodes on views of their tensors.
struct NodeRunner {
  std::vector<Int8View> x;
  Int8Output y;
  KernelSet kernels;

  void operator()(const QConv& conv) const {
    if (conv.is_depthwise())
      RunDepthwise(conv, x[0], y, kernels);
    else
      RunConv(conv, x[0], y, kernels);
  }
  void operator()(const QTable& table) const { RunTable(table, x[0], y); }
  void operator()(const QElementwise& op) const { RunElementwise(op, x[0], x[1], y); }
  void operator()(const QPool& pool) const { RunPool(pool, x[0], y); }
  void operator()(const QConcat& concat) const { RunConcat(concat, x, y); }
  void operator()(const QPad& pad) const { RunPad(pad, x[0], y); }
  void operator()(const QResize& resize) const { RunResize(resize, x[0], y); }
  void operator()(const QSoftmax& softmax) const { RunSoftmax(softmax, x[0], y); }
  void operator()(const QLayerNorm& norm) const { RunLayerNorm(norm, x[0], y); }
  void operator()(const QExtreme& extreme) const { RunExtreme(extreme, x[0], y); }
  void operator()(const QTranspose& transpose) const { RunTranspose(transpose, x[0], y); }
  void operator()(const QGather& gather) const { RunGather(gather, x[0], y); }
  void operator()(const QMatMul& product) const { RunMatMul(product, x[0], x[1], y, kernels); }
  void operator()(const QReshape&) const {
    std::copy_n(x[0].values, x[0].map().elements(), y.values);
  }
};

Status CheckInputs(const QuantizedGraph& graph, const std::vector<Int8Values>& inputs) {
  if (inputs.size() != graph.inputs.size()) {
    return Error{.code = ErrorCode::kData,
                 .message = fmt::format("the network has {} inputs and {} were given",
                                        graph.inputs.size(), inputs.size())};
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    const QTensor& tensor = graph.tensor(graph.inputs[i]);
    if (static_cast<int64_t>(inputs[i].size()) == tensor.shape.elements()) continue;
    return Error{.code = ErrorCode::kData,
                 .subject = fmt::format("input '{}'", tensor.name),
                 .message = fmt::format("it takes {} values and {} were given",
                                        tensor.shape.elements(), inputs[i].size())};
  }
  return {};
}

}  // namespace

Int8Values ExecuteIntegerNode(const QuantizedGraph& graph, const QNode& node,
                              const std::vector<const Int8Values*>& inputs, KernelSet kernels) {
  const QTensor& output = graph.tensor(node.output);
  Int8Values result(static_cast<size_t>(output.shape.elements()));
  NodeRunner runner{.y = {&output, result.data()}, .kernels = kernels};
  for (size_t i = 0; i < inputs.size(); ++i)
    runner.x.push_back({&graph.tensor(node.inputs[i]), inputs[i]->data()});
  std::visit(runner, node.operation);
  return result;
}

Result<std::vector<Int8Values>> ExecuteInteger(const QuantizedGraph& graph,
                                               const std::vector<Int8Values>& inputs,
                                               const IntegerExecutorOptions& options) {
  IMCC_TRY(Verify(graph));
  IMCC_TRY(CheckInputs(graph, inputs));
  std::vector<Int8Values> values(graph.tensors.size());
  const auto finish = [&](QTensorId id) {
    if (options.observe) options.observe(id, values[id.index()]);
  };
  for (size_t i = 0; i < inputs.size(); ++i) {
    values[graph.inputs[i].index()] = inputs[i];
    finish(graph.inputs[i]);
  }
  const std::vector<size_t> last = LastUses(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const QNode& node = graph.nodes[i];
    std::vector<const Int8Values*> operands;
    for (const QTensorId id : node.inputs) {
      const Int8Values& constant = graph.tensor(id).constant;
      operands.push_back(constant.empty() ? &values[id.index()] : &constant);
    }
    values[node.output.index()] = ExecuteIntegerNode(graph, node, operands, options.kernels);
    finish(node.output);
    for (const QTensorId id : node.inputs) {
      if (last[id.index()] == i) Int8Values().swap(values[id.index()]);
    }
  }
  std::vector<Int8Values> results;
  for (const QTensorId id : graph.outputs) results.push_back(values[id.index()]);
  return results;
}

}  // namespace imcc
