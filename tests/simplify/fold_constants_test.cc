// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fold_constants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

TEST(FoldConstants, ComputesConstantSubgraphs) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 2, 2, 3});
  const TensorId a = g.Constant("a", {3, 1}, {1, 2, 3});
  const TensorId t = g.Add("t", OpKind::kTranspose, {a}, TransposeAttributes{{1, 0}});
  const TensorId s = g.Add("s", OpKind::kMul, {t, g.Constant("two", Shape{}, {2})});
  const TensorId r = g.Unary("r", s, {UnaryKind::kClip, 0, 5});
  g.Output(g.Add("y", OpKind::kAdd, {x, r}));
  const Graph after = Rewritten(g.graph, FoldConstants);
  EXPECT_THAT(Kinds(after), ElementsAre(OpKind::kAdd));
  EXPECT_THAT(after.tensor(after.nodes[0].inputs[1]).constant, ElementsAre(2, 4, 5));
}

TEST(FoldConstants, PicksJoinsAndCompares) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 2, 2, 3});
  const TensorId a = g.Constant("a", {2, 3}, {1, 2, 3, 4, 5, 6});
  const TensorId picked = g.Add("picked", OpKind::kGather, {a}, GatherAttributes{1, {2, 0, 0}});
  const TensorId rows = g.Add("rows", OpKind::kGather, {a}, GatherAttributes{0, {1}});
  const TensorId joined = g.Add("joined", OpKind::kConcat, {picked, rows}, ConcatAttributes{0});
  const TensorId beside = g.Add("beside", OpKind::kConcat, {picked, a}, ConcatAttributes{1});
  const TensorId low = g.Add("low", OpKind::kMin, {picked, a});
  g.Output(g.Add("y", OpKind::kMul, {x, low}));
  g.Output(g.Add("z", OpKind::kMul, {g.Input("v", {3, 3}), joined}));
  g.Output(g.Add("w", OpKind::kMax, {g.Input("u", {2, 6}), beside}));
  const Graph after = Rewritten(g.graph, FoldConstants);
  EXPECT_THAT(Kinds(after), ElementsAre(OpKind::kMul, OpKind::kMul, OpKind::kMax));
  const auto constant = [&](size_t i) { return after.tensor(after.nodes[i].inputs[1]).constant; };
  EXPECT_THAT(constant(0), ElementsAre(1, 1, 1, 4, 4, 4));  // Of 3 1 1 6 4 4 and 1 2 3 4 5 6.
  EXPECT_THAT(constant(1), ElementsAre(3, 1, 1, 6, 4, 4, 4, 5, 6));
  EXPECT_THAT(constant(2), ElementsAre(3, 1, 1, 1, 2, 3, 6, 4, 4, 4, 5, 6));
}

TEST(FoldConstants, WhatIsOnlyMovedStaysOnItsGrid) {
  const auto scales = [](float of_a, float of_b) {
    SmallGraph g;
    const TensorId a = g.Constant("a", {1, 2}, {1, 2});
    const TensorId b = g.Constant("b", {1, 2}, {3, 4});
    g.graph.tensor(a).weight_scales = {of_a};
    g.graph.tensor(b).weight_scales = {of_b};
    const TensorId joined = g.Add("joined", OpKind::kConcat, {a, b}, ConcatAttributes{0});
    g.Output(g.Add("y", OpKind::kAdd, {g.Input("x", {2, 2}), joined}));
    const Graph after = Rewritten(g.graph, FoldConstants);
    return after.tensor(after.nodes[0].inputs[1]).weight_scales;
  };
  EXPECT_THAT(scales(0.5F, 0.5F), ElementsAre(0.5F));
  EXPECT_THAT(scales(0.5F, 1), ElementsAre());
}

}  // namespace
}  // namespace imcc
