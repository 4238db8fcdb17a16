// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "reference/float_layer.h"

#include <algorithm>
#include <random>

#include "reference/float_graph.h"

namespace imcc::testing {
namespace {

FloatValues RandomValues(int64_t count, uint32_t seed) {
  std::mt19937 engine(seed);
  FloatValues values(static_cast<size_t>(count));
  for (float& value : values) value = static_cast<float>(engine() % 2001) / 500.0F - 2.0F;
  return values;
}

/// One layer of weights, without its activation.
FloatGraph Layer(OpKind kind, const Shape& x, const Shape& w, const ConvAttributes& attributes) {
  FloatGraph g;
  const TensorId input = g.Input(x);
  const TensorId weights = g.Constant(w, RandomValues(w.elements(), 1));
  const TensorId bias = g.Constant({w[0]}, RandomValues(w[0], 2));
  const Attributes own = kind == OpKind::kConv ? Attributes(attributes) : Attributes();
  g.graph.outputs = {g.Add(kind, {input, weights, bias}, own)};
  return g;
}

// The primitive's own clamp has to give what a pass over its result would, in every bit.
TEST(FloatLayer, ClampsAsAPassOfItsOwnWould) {
  const Window square{.kernel_h = 3, .kernel_w = 3, .padding = {1, 1, 1, 1}};
  FloatGraph layers[] = {
      Layer(OpKind::kConv, {1, 9, 9, 24}, {40, 1, 1, 24}, {}),
      Layer(OpKind::kConv, {1, 9, 9, 24}, {24, 3, 3, 1}, {.window = square, .groups = 24}),
      Layer(OpKind::kConv, {1, 9, 9, 5}, {17, 3, 3, 5}, {.window = square}),
      Layer(OpKind::kConv, {1, 9, 9, 8}, {6, 3, 3, 4}, {.window = square, .groups = 2}),
      Layer(OpKind::kFullyConnected, {2, 70}, {31, 70}, {})};
  for (FloatGraph& layer : layers) {
    Node& node = layer.graph.nodes[0];
    const FloatValues x =
        RandomValues(layer.graph.tensor(layer.graph.inputs[0]).shape.elements(), 3);
    const FloatValues linear = RunGraph(layer.graph, {x}).at(0);
    for (const UnaryFunction& clamp :
         {UnaryFunction{.kind = UnaryKind::kRelu},
          UnaryFunction{.kind = UnaryKind::kClip, .alpha = 0, .beta = 6},
          UnaryFunction{.kind = UnaryKind::kClip, .alpha = -0.7, .beta = 3.3}}) {
      node.activation = clamp;
      ASSERT_TRUE(LayerApplies(node));
      FloatValues expected = linear;
      ApplyInPlace(clamp, expected.data(), static_cast<int64_t>(expected.size()));
      EXPECT_EQ(RunGraph(layer.graph, {x}).at(0), expected) << ToString(clamp);
      EXPECT_NE(expected, linear);
    }
  }
}

TEST(FloatLayer, OtherActivationsAndOperatorsAreLeftToThePass) {
  EXPECT_FALSE(LayerApplies({.kind = OpKind::kConv, .activation = {.kind = UnaryKind::kSilu}}));
  EXPECT_FALSE(LayerApplies({.kind = OpKind::kConv}));
  EXPECT_FALSE(LayerApplies({.kind = OpKind::kAdd, .activation = {.kind = UnaryKind::kRelu}}));
}

}  // namespace
}  // namespace imcc::testing
