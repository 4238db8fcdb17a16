// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <vector>

#include "ir/small_graph.h"

namespace imcc::testing {

/// A convolution, attention between its 256 pixels, and convolutions on the sum of both: powers
/// of different exponents in the middle are work for the host.
inline Graph AttentionNetwork() {
  SmallGraph g;
  g.graph.name = "attention";
  const TensorId stem = g.Conv("stem", g.Input("image", {1, 18, 18, 3}), 64);
  const TensorId tokens = g.Add("tokens", OpKind::kReshape, {stem}, {}, {1, 256, 64});
  const TensorId keys = g.Add("keys", OpKind::kTranspose, {tokens}, TransposeAttributes{{0, 2, 1}});
  const TensorId products = g.Add("products", OpKind::kMatMul, {tokens, keys}, MatMulAttributes{});
  const TensorId shares = g.Add("shares", OpKind::kSoftmax, {products}, SoftmaxAttributes{2});
  std::vector<float> exponents(256);
  for (size_t i = 0; i < exponents.size(); ++i) exponents[i] = static_cast<float>(4 + i % 5);
  const TensorId powers =
      g.Add("powers", OpKind::kPow, {shares, g.Constant("exponents", {256}, exponents)});
  const TensorId mixed = g.Add("mixed", OpKind::kMatMul, {powers, tokens}, MatMulAttributes{});
  const TensorId map = g.Add("map", OpKind::kReshape, {mixed}, {}, {1, 16, 16, 64});
  const TensorId first = g.Conv("first", map, 64);
  const TensorId second = g.Conv("second", first, 64);
  const TensorId skip = g.Conv("skip", stem, 64, 5);
  const TensorId sum = g.Add("sum", OpKind::kAdd, {second, skip});
  g.Output(g.Unary("result", sum, {UnaryKind::kTanh}));
  // Weights and biases as small as training leaves them: sums keep the range of what they add.
  for (Tensor& tensor : g.graph.tensors) {
    const double inputs = static_cast<double>(tensor.shape.elements()) / 64;
    for (float& value : tensor.constant) value /= static_cast<float>(std::sqrt(inputs) * 2);
  }
  return g.graph;
}

}  // namespace imcc::testing
