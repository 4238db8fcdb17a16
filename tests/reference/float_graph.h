// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "reference/float_executor.h"

namespace imcc::testing {

/// Builds a float graph by hand; shapes of results are inferred.
class FloatGraph {
 public:
  TensorId Input(Shape shape) {
    const TensorId id = NewTensor(std::move(shape), {});
    graph.inputs.push_back(id);
    return id;
  }
  TensorId Constant(Shape shape, std::vector<float> values) {
    return NewTensor(std::move(shape), std::move(values));
  }
  /// `shape` is needed for Reshape and Slice only.
  TensorId Add(OpKind kind, std::vector<TensorId> inputs, Attributes attributes = {},
               Shape shape = {}) {
    Node node{.kind = kind, .name = fmt::format("n{}", graph.nodes.size()), .onnx_op = "Test"};
    node.inputs = std::move(inputs);
    node.output = NewTensor(std::move(shape), {});
    node.attributes = std::move(attributes);
    Result<Shape> inferred = InferShape(graph, node);
    if (!inferred.ok()) ADD_FAILURE() << inferred.error().Format();
    if (inferred.ok()) graph.tensor(node.output).shape = std::move(inferred).value();
    graph.nodes.push_back(node);
    return node.output;
  }

  Graph graph;

 private:
  TensorId NewTensor(Shape shape, std::vector<float> values) {
    return graph.AddTensor({.name = fmt::format("t{}", graph.tensors.size()),
                            .shape = std::move(shape),
                            .constant = std::move(values)});
  }
};

/// All outputs of the graph.
inline std::vector<FloatValues> RunGraph(const Graph& graph, const std::vector<FloatValues>& inputs,
                                         int threads = 1) {
  Result<FloatExecutor> executor = FloatExecutor::Create(graph, threads);
  if (!executor.ok()) {
    ADD_FAILURE() << executor.error().Format();
    return {};
  }
  Result<std::vector<FloatValues>> outputs = executor->Run(inputs);
  if (!outputs.ok()) ADD_FAILURE() << outputs.error().Format();
  return outputs.ok() ? std::move(outputs).value() : std::vector<FloatValues>{};
}

/// Output of a graph of one operator on one activation.
inline FloatValues RunOne(OpKind kind, Shape shape, const FloatValues& x, Attributes attributes,
                          Shape result = {}) {
  FloatGraph g;
  const TensorId input = g.Input(std::move(shape));
  g.graph.outputs = {g.Add(kind, {input}, std::move(attributes), std::move(result))};
  const auto outputs = RunGraph(g.graph, {x});
  return outputs.empty() ? FloatValues{} : outputs[0];
}

/// 0, 1, 2, ...
inline FloatValues Iota(int64_t count) {
  FloatValues values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  return values;
}

}  // namespace imcc::testing
