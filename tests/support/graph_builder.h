// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "ir/quantized_graph.h"
#include "reference/integer_executor.h"

namespace imcc::testing {

/// 3x3 that keeps the size of the map.
inline const Window kSame3x3{.kernel_h = 3, .kernel_w = 3, .padding = {1, 1, 1, 1}};

/// Builds quantised graphs by hand, with random weights and plausible scales.
class GraphBuilder {
 public:
  explicit GraphBuilder(uint64_t seed) : random_(seed) { graph_.name = "test"; }

  QTensorId Input(int64_t height, int64_t width, int64_t channels);
  QTensorId Constant(const FeatureMap& map);
  QTensorId Conv(QTensorId x, int64_t out_channels, Window window, int64_t groups = 1);
  QTensorId Depthwise(QTensorId x, Window window);
  /// `count` channels from `first` on, as quantisation picks them.
  QTensorId PickChannels(QTensorId x, int64_t first, int64_t count);
  /// Only for outputs of convolutions that only depthwise convolutions read.
  void GiveChannelsScales(QTensorId id);
  QTensorId Elementwise(QElementwise::Kind kind, QTensorId a, QTensorId b);
  QTensorId Table(QTensorId x);
  /// A table whose output has zero point 0.
  QTensorId Symmetric(QTensorId x);
  /// Rows of a times rows of b, which has zero point 0 and as many rows of pixels as a, or one.
  QTensorId MatMul(QTensorId a, QTensorId b);
  QTensorId Softmax(QTensorId x);
  QTensorId LayerNorm(QTensorId x);
  /// Largest or smallest channel, or its index; at most 256 channels for indices.
  QTensorId Extreme(QTensorId x, bool smallest, bool index, bool last = false);
  QTensorId Pool(QPool::Kind kind, QTensorId x, Window window, bool count_include_pad = false);
  QTensorId GlobalPool(QPool::Kind kind, QTensorId x);
  QTensorId Concat(const std::vector<QTensorId>& inputs, int64_t axis);
  QTensorId Pad(QTensorId x, Padding padding);
  QTensorId Resize(QTensorId x, int64_t height, int64_t width, ResizeAttributes::Mode mode);
  QTensorId Reshape(QTensorId x, Shape shape);
  QTensorId Transpose(QTensorId x, const std::vector<int64_t>& permutation);
  QTensorId Gather(QTensorId x, int64_t axis, std::vector<int64_t> indices);

  /// Marks outputs and hands the graph over.
  QuantizedGraph Build(const std::vector<QTensorId>& outputs);

  FeatureMap MapOf(QTensorId id) const { return AsFeatureMap(graph_.tensor(id).shape); }
  int64_t Random(int64_t low, int64_t high);  // Inclusive.

 private:
  QTensorId AddTensor(Shape shape, const Quantization* like = nullptr);
  QTensorId AddNode(std::vector<QTensorId> inputs, QTensorId output, QOperation operation);
  float ScaleOf(QTensorId id) const { return graph_.tensor(id).quantization.scale[0]; }
  QTable RandomTable();

  QuantizedGraph graph_;
  std::mt19937_64 random_;
};

/// A random network of about `operators` nodes with branches, over every operation.
QuantizedGraph RandomGraph(uint64_t seed, int operators, int64_t max_side);

/// Random int8 inputs for a graph.
std::vector<Int8Values> RandomInputs(const QuantizedGraph& graph, uint64_t seed);

}  // namespace imcc::testing
