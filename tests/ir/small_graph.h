// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ir/graph.h"

namespace imcc {

/// Builds small graphs by hand; shapes are inferred.
class SmallGraph {
 public:
  Graph graph;

  TensorId Input(const std::string& name, Shape shape) {
    const Layout layout = shape.rank() == 4 ? Layout::kChannelsLast : Layout::kPlain;
    graph.inputs.push_back(
        graph.AddTensor({.name = name, .shape = std::move(shape), .layout = layout}));
    return graph.inputs.back();
  }
  TensorId Constant(const std::string& name, Shape shape, std::vector<float> values = {}) {
    if (values.empty()) {
      for (int64_t i = 0; i < shape.elements(); ++i) {
        values.push_back(static_cast<float>((i * 7 + 3) % 11 - 5) / 4);
      }
    }
    return graph.AddTensor(
        {.name = name, .shape = std::move(shape), .constant = std::move(values)});
  }
  /// `shape` only for reshapes and slices.
  TensorId Add(const std::string& name, OpKind kind, std::vector<TensorId> inputs,
               Attributes attributes = {}, Shape shape = {}) {
    const TensorId output = graph.AddTensor({.name = name, .shape = std::move(shape)});
    Node node{.kind = kind,
              .name = "node_" + name,
              .onnx_op = "Op",
              .inputs = std::move(inputs),
              .output = output,
              .attributes = std::move(attributes)};
    const Shape inferred = InferShape(graph, node).value();
    graph.tensor(output).shape = inferred;
    if (inferred.rank() == 4) graph.tensor(output).layout = Layout::kChannelsLast;
    graph.nodes.push_back(std::move(node));
    return output;
  }
  TensorId Conv(const std::string& name, TensorId x, int64_t outputs, int64_t kernel = 3,
                int64_t groups = 1) {
    const int64_t channels = graph.tensor(x).shape[3];
    const TensorId weights = Constant(name + "_w", {outputs, kernel, kernel, channels / groups});
    const TensorId bias = Constant(name + "_b", {outputs});
    return Add(name, OpKind::kConv, {x, weights, bias},
               ConvAttributes{{.kernel_h = kernel, .kernel_w = kernel}, groups});
  }
  TensorId Unary(const std::string& name, TensorId x, UnaryFunction function) {
    return Add(name, OpKind::kUnary, {x}, UnaryAttributes{function});
  }
  void Output(TensorId id) { graph.outputs.push_back(id); }
};

}  // namespace imcc
