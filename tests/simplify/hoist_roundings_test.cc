// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/hoist_roundings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/convert_flatten_to_conv.h"
#include "simplify/remove_identities.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

const QuantizeAttributes kGrid{.scale = {0.25F}, .zero_point = {3}};

/// A map in the order of [N,C,H,W], as one row.
TensorId Flattened(SmallGraph& g, TensorId map) {
  const TensorId t = g.Add("t", OpKind::kTranspose, {map}, TransposeAttributes{{0, 3, 1, 2}});
  g.graph.tensor(t).layout = Layout::kPlain;
  return g.Add("flat", OpKind::kReshape, {t}, {}, {1, g.graph.tensor(t).shape.elements()});
}

TEST(HoistRoundings, PassReshapesAndTransposes) {
  SmallGraph g;
  const TensorId flat = Flattened(g, g.Input("x", {1, 3, 4, 5}));
  const TensorId q = g.Add("q", OpKind::kFakeQuantize, {flat}, kGrid);
  g.Output(g.Add("y", OpKind::kFullyConnected, {q, g.Constant("w", {7, 60})}));
  Graph hoisted = Rewritten(g.graph, HoistRoundings);
  EXPECT_THAT(Kinds(hoisted), ElementsAre(OpKind::kFakeQuantize, OpKind::kTranspose,
                                          OpKind::kReshape, OpKind::kFullyConnected));
  // What it is for: the layer becomes a convolution over the map.
  EXPECT_THAT(Kinds(Rewritten(hoisted, ConvertFlattenToConv)),
              ElementsAre(OpKind::kFakeQuantize, OpKind::kConv, OpKind::kReshape));
}

TEST(HoistRoundings, StayWhereOthersReadWhatIsNotRounded) {
  SmallGraph g;
  const TensorId flat = Flattened(g, g.Input("x", {1, 3, 4, 5}));
  g.Output(g.Add("y", OpKind::kFakeQuantize, {flat}, kGrid));
  g.Output(g.Unary("z", flat, {UnaryKind::kRelu}));
  EXPECT_THAT(
      Kinds(Rewritten(g.graph, HoistRoundings)),
      ElementsAre(OpKind::kTranspose, OpKind::kReshape, OpKind::kFakeQuantize, OpKind::kUnary));
}

TEST(HoistRoundings, StayWhereScalesFollowTheChannels) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 3});
  const TensorId r = g.Add("r", OpKind::kReshape, {x}, {}, {3, 1});
  g.Output(g.Add("y", OpKind::kFakeQuantize, {g.Add("s", OpKind::kReshape, {r}, {}, {1, 3})},
                 QuantizeAttributes{.scale = {1, 2, 3}, .zero_point = {0, 0, 0}}));
  EXPECT_EQ(Kinds(Rewritten(g.graph, HoistRoundings)).back(), OpKind::kFakeQuantize);
}

TEST(RemoveIdentities, ASecondRoundingToTheSameGridGoes) {
  for (const float second : {0.25F, 0.5F}) {
    SmallGraph g;
    const TensorId q = g.Add("q", OpKind::kFakeQuantize, {g.Input("x", {1, 4, 4, 2})}, kGrid);
    const TensorId pooled =
        g.Add("pooled", OpKind::kMaxPool, {q},
              PoolAttributes{Window{.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2}});
    const TensorId again = g.Add("again", OpKind::kFakeQuantize, {pooled},
                                 QuantizeAttributes{.scale = {second}, .zero_point = {3}});
    g.Output(g.Unary("y", again, {UnaryKind::kRelu}));
    EXPECT_EQ(Kinds(Rewritten(g.graph, RemoveIdentities)).size(), second == 0.25F ? 3U : 4U);
  }
}

}  // namespace
}  // namespace imcc
