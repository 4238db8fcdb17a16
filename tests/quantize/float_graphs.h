// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <string>

#include "ir/graph.h"

namespace imcc::testing {

/// Builds small float graphs with random weights.
class FloatGraphs {
 public:
  explicit FloatGraphs(unsigned seed) : random_(seed) { graph_.name = "float"; }

  TensorId Input(Shape shape) {
    const TensorId id = Add(std::move(shape));
    graph_.inputs.push_back(id);
    return id;
  }
  TensorId Constant(Shape shape, float scale) {
    const TensorId id = Add(std::move(shape));
    for (int64_t i = 0; i < graph_.tensor(id).shape.elements(); ++i)
      graph_.tensor(id).constant.push_back(scale * Uniform());
    return id;
  }
  TensorId Node(OpKind kind, std::vector<TensorId> inputs, Attributes attributes = {},
                UnaryFunction activation = {}, Shape shape = {}) {
    imcc::Node node{.kind = kind,
                    .name = "n" + std::to_string(graph_.nodes.size()),
                    .onnx_op = "Op",
                    .inputs = std::move(inputs),
                    .attributes = std::move(attributes),
                    .activation = activation};
    node.output = Add(shape);
    if (shape.rank() == 0) {
      const auto inferred = InferShape(graph_, node);
      IMCC_CHECK(inferred.ok(), inferred.error().Format());
      graph_.tensor(node.output).shape = *inferred;
    }
    graph_.tensor(node.output).layout =
        graph_.tensor(node.output).shape.rank() == 4 ? Layout::kChannelsLast : Layout::kPlain;
    graph_.nodes.push_back(node);
    return node.output;
  }
  TensorId Conv(TensorId x, int64_t outputs, Window window, int64_t groups,
                UnaryFunction activation = {}) {
    const int64_t channels = graph_.tensor(x).shape.back() / groups;
    const TensorId weights = Constant({outputs, window.kernel_h, window.kernel_w, channels}, 0.3F);
    return Node(OpKind::kConv, {x, weights, Constant({outputs}, 0.5F)},
                ConvAttributes{window, groups}, activation);
  }
  Graph Build(std::vector<TensorId> outputs) {
    graph_.outputs = std::move(outputs);
    return std::move(graph_);
  }
  float Uniform() { return static_cast<float>(static_cast<double>(random_()) * 0x1p-31 - 1); }

 private:
  TensorId Add(Shape shape) {
    const Layout layout = shape.rank() == 4 ? Layout::kChannelsLast : Layout::kPlain;
    return graph_.AddTensor({.name = "t" + std::to_string(graph_.tensors.size()),
                             .shape = std::move(shape),
                             .layout = layout});
  }

  Graph graph_;
  std::mt19937 random_;
};

/// Every operation the device has, in one network of two branches.
inline Graph EveryOperation(unsigned seed) {
  FloatGraphs b(seed);
  const UnaryFunction relu{.kind = UnaryKind::kRelu};
  const UnaryFunction relu6{.kind = UnaryKind::kClip, .alpha = 0, .beta = 6};
  const UnaryFunction silu{.kind = UnaryKind::kSilu};
  const Window same{.kernel_h = 3, .kernel_w = 3, .padding = {1, 1, 1, 1}};
  const TensorId x = b.Input({1, 12, 10, 3});
  const TensorId stem = b.Conv(x, 8, same, 1, silu);
  const TensorId deep = b.Conv(stem, 8, same, 8, relu6);
  const TensorId grouped = b.Conv(deep, 8, same, 2, relu);
  const TensorId sum = b.Node(OpKind::kAdd, {grouped, stem}, {}, relu);
  const TensorId difference = b.Node(OpKind::kSub, {sum, deep});
  const TensorId pooled = b.Node(OpKind::kAveragePool, {difference},
                                 PoolAttributes{Window{.kernel_h = 12, .kernel_w = 10}});
  const TensorId gate =
      b.Node(OpKind::kUnary, {pooled}, UnaryAttributes{{.kind = UnaryKind::kSigmoid}});
  const TensorId gated = b.Node(OpKind::kMul, {difference, gate});
  const TensorId scaled = b.Node(OpKind::kMul, {gated, b.Constant({8}, 2)});
  const TensorId joined = b.Node(OpKind::kConcat, {scaled, stem, sum}, ConcatAttributes{.axis = 3});
  const TensorId peak = b.Node(
      OpKind::kMaxPool, {joined},
      PoolAttributes{Window{
          .kernel_h = 3, .kernel_w = 3, .stride_h = 2, .stride_w = 2, .padding = {1, 1, 1, 1}}});
  const TensorId mean = b.Node(OpKind::kAveragePool, {peak}, PoolAttributes{same, false});
  const TensorId padded = b.Node(OpKind::kPad, {mean}, PadAttributes{{1, 0, 0, 2}, 0.25F});
  ResizeAttributes linear{.mode = ResizeAttributes::Mode::kLinear, .scale_h = 2, .scale_w = 2};
  const TensorId larger = b.Node(OpKind::kResize, {padded}, linear);
  const TensorId last = b.Conv(larger, 4, {.kernel_h = 14, .kernel_w = 14}, 1);
  const TensorId flat = b.Node(OpKind::kReshape, {last}, {}, {}, {1, 4});
  const TensorId weights = b.Constant({5, 4}, 1);
  const TensorId logits = b.Node(OpKind::kFullyConnected, {flat, weights, b.Constant({5}, 1)});
  return b.Build({logits, gated});
}

/// A random input of a graph.
inline std::vector<std::vector<float>> RandomSample(const Graph& graph, unsigned seed) {
  FloatGraphs random(seed + 1000);
  std::vector<std::vector<float>> sample;
  for (const TensorId id : graph.inputs) {
    std::vector<float> values(static_cast<size_t>(graph.tensor(id).shape.elements()));
    for (float& value : values) value = 2 * random.Uniform();
    sample.push_back(std::move(values));
  }
  return sample;
}

}  // namespace imcc::testing
