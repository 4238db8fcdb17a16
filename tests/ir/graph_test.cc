// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/graph.h"

#include <gtest/gtest.h>

#include "ir/small_graph.h"

namespace imcc {
namespace {

TEST(Graph, ConsumersAndProducers) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 4, 2});
  const TensorId y = g.Add("y", OpKind::kAdd, {x, x});
  g.Output(y);
  EXPECT_EQ(g.graph.Consumers()[x.index()].size(), 2U);
  EXPECT_FALSE(g.graph.Producers()[x.index()].valid());
  EXPECT_EQ(g.graph.Producers()[y.index()], NodeId(0));
}

TEST(Graph, ExternalShapeIsChannelsFirst) {
  EXPECT_EQ(ExternalShape({.shape = {1, 5, 6, 7}, .layout = Layout::kChannelsLast}),
            (Shape{1, 7, 5, 6}));
  EXPECT_EQ(ExternalShape({.shape = {1, 5, 6, 7}}), (Shape{1, 5, 6, 7}));
}

TEST(Graph, CountsMacs) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 6, 6, 4});
  const TensorId dense = g.Conv("dense", x, 8);                    // 4*4 pixels, 8 * 9 * 4.
  const TensorId depthwise = g.Conv("depthwise", dense, 8, 3, 8);  // 2*2 pixels, 8 * 9.
  const TensorId flat = g.Add("flat", OpKind::kReshape, {depthwise}, {}, {1, 32});
  const TensorId w = g.Constant("w", {10, 32});
  g.Output(g.Add("fc", OpKind::kFullyConnected, {flat, w}));
  EXPECT_EQ(CountMacs(g.graph, g.graph.nodes[0]), Macs(16 * 8 * 36));
  EXPECT_EQ(CountMacs(g.graph, g.graph.nodes[1]), Macs(4 * 8 * 9));
  EXPECT_EQ(CountMacs(g.graph, g.graph.nodes[2]), Macs(0));
  EXPECT_EQ(CountMacs(g.graph, g.graph.nodes[3]), Macs(320));
  g.Add("product", OpKind::kMatMul, {g.Input("a", {7, 2, 3}), g.Input("b", {7, 5, 3})},
        MatMulAttributes{.transpose_b = true});
  EXPECT_EQ(CountMacs(g.graph, g.graph.nodes[4]), Macs(7 * 2 * 5 * 3));
}

TEST(Graph, RemovesWhatNoOutputNeeds) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 6, 6, 4});
  g.Conv("dead", x, 8);
  g.Output(g.Unary("y", x, {UnaryKind::kRelu}));
  RemoveDeadCode(g.graph);
  ASSERT_EQ(g.graph.nodes.size(), 1U);
  EXPECT_EQ(g.graph.tensors.size(), 2U);
  EXPECT_EQ(g.graph.tensor(g.graph.outputs[0]).name, "y");
  EXPECT_TRUE(Verify(g.graph).ok());
}

TEST(Graph, DumpsOneLineANode) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 4, 2});
  g.Output(g.Conv("y", x, 3));
  g.graph.name = "g";
  g.graph.nodes[0].activation = {UnaryKind::kRelu};
  EXPECT_EQ(Dump(g.graph),
            "graph g(x:1x4x4x2(NHWC)) -> (y:1x2x2x3(NHWC))\n"
            "  y:1x2x2x3(NHWC) = Conv k3x3 s1x1 d1x1 p0,0,0,0 g1(x:1x4x4x2(NHWC), "
            "y_w:3x3x3x2(constant), y_b:3(constant)) Relu  # node_y\n");
}

}  // namespace
}  // namespace imcc
