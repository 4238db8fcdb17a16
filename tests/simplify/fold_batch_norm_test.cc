// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fold_batch_norm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

TensorId BatchNorm(SmallGraph& g, const std::string& name, TensorId x) {
  const int64_t channels = g.graph.tensor(x).shape.back();
  return g.Add(name, OpKind::kBatchNorm,
               {x, g.Constant(name + "_s", {channels}), g.Constant(name + "_t", {channels})});
}

TEST(FoldBatchNorm, IntoConvolutionsOfAllKinds) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 8, 8, 4});
  const TensorId a = BatchNorm(g, "n1", g.Conv("c1", x, 6));
  const TensorId b = BatchNorm(g, "n2", g.Conv("c2", a, 6, 3, 6));
  const TensorId c =
      g.Add("c3", OpKind::kConv, {b, g.Constant("w3", {4, 1, 1, 3})}, ConvAttributes{{}, 2});
  g.Output(BatchNorm(g, "y", c));
  g.graph.nodes[1].activation = {UnaryKind::kRelu};
  EXPECT_THAT(Kinds(Rewritten(g.graph, FoldBatchNorm)),
              ElementsAre(OpKind::kConv, OpKind::kConv, OpKind::kConv));
}

TEST(FoldBatchNorm, IntoFullyConnectedLayers) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 12});
  const TensorId a = g.Add("a", OpKind::kFullyConnected, {x, g.Constant("w", {5, 12})});
  g.Output(BatchNorm(g, "y", BatchNorm(g, "n", a)));
  EXPECT_THAT(Kinds(Rewritten(g.graph, FoldBatchNorm)), ElementsAre(OpKind::kFullyConnected));
}

TEST(FoldBatchNorm, Int8WeightsKeepTheirIntegers) {
  SmallGraph g;
  const TensorId w = g.Constant("w", {2, 3}, {1, -2, 3, 4, 5, -6});
  g.graph.tensor(w).weight_scales = {0.5F};
  const TensorId a = g.Add("a", OpKind::kFullyConnected, {g.Input("x", {1, 3}), w});
  g.Output(g.Add("y", OpKind::kBatchNorm,
                 {a, g.Constant("s", {2}, {4, -2}), g.Constant("t", {2}, {1, 1})}));
  const Graph folded = Rewritten(g.graph, FoldBatchNorm);
  EXPECT_THAT(folded.tensor(folded.nodes[0].inputs[1]).weight_scales, ElementsAre(2, 1));
}

TEST(FoldBatchNorm, NotWhereOthersReadTheConvolution) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 8, 8, 4});
  const TensorId c = g.Conv("c", x, 6);
  g.Output(g.Add("y", OpKind::kAdd, {BatchNorm(g, "n", c), c}));
  EXPECT_THAT(Kinds(Rewritten(g.graph, FoldBatchNorm)),
              ElementsAre(OpKind::kConv, OpKind::kBatchNorm, OpKind::kAdd));
}

TEST(FoldBatchNorm, NotPastAnActivationOrAnOutput) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 8, 8, 4});
  const TensorId c = g.Conv("c", x, 6);
  g.graph.nodes[0].activation = {UnaryKind::kRelu};
  const TensorId d = g.Conv("d", BatchNorm(g, "n", c), 6);
  g.Output(d);
  g.Output(BatchNorm(g, "y", d));
  EXPECT_EQ(Rewritten(g.graph, FoldBatchNorm).nodes.size(), 4U);
}

}  // namespace
}  // namespace imcc
