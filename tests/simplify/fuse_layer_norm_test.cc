// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fuse_layer_norm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using Kind = ReduceAttributes::Kind;

const Shape kShape{1, 4, 5, 6};

/// The pattern as exporters spell it.
struct Spelling {
  bool divides = true;  // By the root, or times the power -1/2.
  bool squares_by_product = false;
  bool centres_twice = false;
  int64_t axis = 3;
  Kind variance = Kind::kMean;
  bool affine = true;
};

Graph Norm(const Spelling& s) {
  SmallGraph g;
  const TensorId x = g.Input("x", kShape);
  const auto mean = [&](const std::string& name, TensorId of, Kind kind) {
    return g.Add(name, OpKind::kReduce, {of}, ReduceAttributes{kind, s.axis, s.axis + 1});
  };
  const TensorId m = mean("m", x, Kind::kMean);
  const TensorId c = g.Add("c", OpKind::kSub, {x, m});
  const TensorId again = s.centres_twice ? g.Add("c2", OpKind::kSub, {x, m}) : c;
  const TensorId sq = s.squares_by_product ? g.Add("sq", OpKind::kMul, {again, again})
                                           : g.Unary("sq", again, {UnaryKind::kPow, 2});
  const TensorId v =
      g.Add("v", OpKind::kAdd, {mean("var", sq, s.variance), g.Constant("eps", Shape{}, {1e-3F})});
  TensorId y = s.divides
                   ? g.Add("n", OpKind::kDiv, {c, g.Unary("sd", v, {UnaryKind::kSqrt})})
                   : g.Add("n", OpKind::kMul, {g.Unary("isd", v, {UnaryKind::kPow, -0.5}), c});
  if (s.affine) {
    y = g.Add("scaled", OpKind::kMul, {y, g.Constant("gamma", {6})});
    y = g.Add("y", OpKind::kAdd, {g.Constant("beta", {6}), y});
  }
  g.Output(y);
  return g.graph;
}

TEST(FuseLayerNorm, EverySpelling) {
  for (const bool divides : {false, true})
    for (const bool product : {false, true})
      for (const bool twice : {false, true})
        EXPECT_THAT(Kinds(Rewritten(Norm({divides, product, twice}), FuseLayerNorm)),
                    ElementsAre(OpKind::kLayerNorm));
}

TEST(FuseLayerNorm, WithoutScaleAndShift) {
  const Graph graph = Rewritten(Norm({.affine = false}), FuseLayerNorm);
  EXPECT_THAT(Kinds(graph), ElementsAre(OpKind::kLayerNorm));
  EXPECT_NEAR(graph.nodes[0].as<LayerNormAttributes>().epsilon, 1e-3, 1e-9);
}

TEST(FuseLayerNorm, NotOverAnotherAxis) {
  EXPECT_THAT(Kinds(Rewritten(Norm({.axis = 2}), FuseLayerNorm)),
              Not(Contains(OpKind::kLayerNorm)));
}

TEST(FuseLayerNorm, NotWithoutTheMeanOfSquares) {
  EXPECT_THAT(Kinds(Rewritten(Norm({.variance = Kind::kSum}), FuseLayerNorm)),
              Not(Contains(OpKind::kLayerNorm)));
}

TEST(FuseLayerNorm, KeepsWhatOthersRead) {
  Graph graph = Norm({});
  for (const Node& node : graph.nodes)
    if (node.kind == OpKind::kSub) graph.outputs.push_back(node.output);
  EXPECT_THAT(Kinds(Rewritten(graph, FuseLayerNorm)),
              ElementsAre(OpKind::kReduce, OpKind::kSub, OpKind::kLayerNorm));
}

}  // namespace
}  // namespace imcc
