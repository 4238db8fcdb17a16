// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/convert_flatten_to_conv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

TEST(ConvertFlattenToConv, NeedsNoTransposeAnyMore) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 3, 4, 5});
  const TensorId t = g.Add("t", OpKind::kTranspose, {x}, TransposeAttributes{{0, 3, 1, 2}});
  g.graph.tensor(t).layout = Layout::kPlain;
  const TensorId flat = g.Add("flat", OpKind::kReshape, {t}, {}, {1, 60});
  g.Output(
      g.Add("y", OpKind::kFullyConnected, {flat, g.Constant("w", {7, 60}), g.Constant("b", {7})}));
  g.graph.nodes.back().activation = {UnaryKind::kRelu};
  EXPECT_THAT(Kinds(Rewritten(g.graph, ConvertFlattenToConv)),
              ElementsAre(OpKind::kConv, OpKind::kReshape));
}

TEST(ConvertFlattenToConv, KeepsTheScalesOfInt8Weights) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 3, 4, 5});
  const TensorId t = g.Add("t", OpKind::kTranspose, {x}, TransposeAttributes{{0, 3, 1, 2}});
  g.graph.tensor(t).layout = Layout::kPlain;
  const TensorId flat = g.Add("flat", OpKind::kReshape, {t}, {}, {1, 60});
  const TensorId w = g.Constant("w", {2, 60});
  g.graph.tensor(w).weight_scales = {0.25F, 0.5F};
  g.graph.tensor(w).has_zero_point = true;
  g.Output(g.Add("y", OpKind::kFullyConnected, {flat, w, g.Constant("b", {2})}));
  const Graph converted = Rewritten(g.graph, ConvertFlattenToConv);
  const Tensor& weights = converted.tensor(converted.nodes[0].inputs[1]);
  EXPECT_THAT(weights.weight_scales, ElementsAre(0.25F, 0.5F));
  EXPECT_TRUE(weights.has_zero_point);
}

}  // namespace
}  // namespace imcc
