// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/adopt_scales.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "quantize/float_graphs.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Window kHalf{.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2};

TensorId Rounded(testing::FloatGraphs& b, TensorId x, float scale) {
  return b.Node(OpKind::kFakeQuantize, {x},
                QuantizeAttributes{.scale = {scale}, .zero_point = {3}});
}

/// Names of the tensors that are left without a scale.
std::vector<std::string> Missing(Graph graph) {
  const GivenScales given = AdoptScales(graph);
  EXPECT_TRUE(Verify(graph).ok());
  return TensorsWithoutScale(graph, given);
}

// TensorRT's way: nothing but the inputs of convolutions is quantised.
TEST(AdoptScales, ARoundingBehindAPoolingHoldsBeforeItToo) {
  testing::FloatGraphs b(1);
  const TensorId x = Rounded(b, b.Input({1, 8, 8, 3}), 0.5F);
  const TensorId pooled = b.Node(OpKind::kMaxPool, {b.Conv(x, 4, {}, 1)}, PoolAttributes{kHalf});
  const TensorId y = b.Conv(Rounded(b, pooled, 0.25F), 4, {}, 1);
  Graph graph = b.Build({Rounded(b, y, 1.0F)});
  EXPECT_THAT(Missing(graph), IsEmpty());
  const GivenScales given = AdoptScales(graph);
  EXPECT_THAT(given[graph.nodes[0].output.index()]->scale, ElementsAre(0.25F));
}

TEST(AdoptScales, NotWhereSomebodyReadsWhatIsNotPooled) {
  testing::FloatGraphs b(1);
  const TensorId x = Rounded(b, b.Input({1, 8, 8, 3}), 0.5F);
  const TensorId conv = b.Conv(x, 4, {}, 1);
  const TensorId pooled = b.Node(OpKind::kMaxPool, {conv}, PoolAttributes{kHalf});
  const TensorId relu = b.Node(OpKind::kUnary, {conv}, UnaryAttributes{{.kind = UnaryKind::kRelu}});
  Graph graph = b.Build({Rounded(b, pooled, 0.25F), Rounded(b, relu, 0.5F)});
  EXPECT_THAT(Missing(graph), ElementsAre(graph.tensor(conv).name));
}

TEST(AdoptScales, PartsOfAConcatTakeItsScale) {
  testing::FloatGraphs b(1);
  const TensorId x = Rounded(b, b.Input({1, 8, 8, 3}), 0.5F);
  const TensorId own = Rounded(b, b.Conv(x, 4, {}, 1), 2.0F);
  const TensorId joined =
      b.Node(OpKind::kConcat, {own, b.Conv(x, 4, {}, 1)}, ConcatAttributes{.axis = 3});
  Graph graph = b.Build({Rounded(b, joined, 0.25F)});
  EXPECT_THAT(Missing(graph), IsEmpty());
  const GivenScales given = AdoptScales(graph);
  EXPECT_THAT(given[graph.nodes[0].output.index()]->scale, ElementsAre(2.0F));
  EXPECT_THAT(given[graph.nodes[1].output.index()]->scale, ElementsAre(0.25F));
}

TensorId Rounded(SmallGraph& g, const std::string& name, TensorId x, float scale) {
  return g.Add(name, OpKind::kFakeQuantize, {x}, QuantizeAttributes{{scale}, {3}});
}

TEST(AdoptScales, AnOutputMayBeRoundedAgainBehindOtherReaders) {
  SmallGraph g;
  const TensorId x = Rounded(g, "xq", g.Input("x", {1, 8, 8, 4}), 0.5F);
  const TensorId a = Rounded(g, "aq", g.Conv("a", x, 4, 1), 0.25F);
  const TensorId b = Rounded(g, "bq", g.Conv("b", a, 4, 1), 0.125F);
  g.Output(Rounded(g, "out", a, 0.25F));
  g.Output(Rounded(g, "last", g.Add("sum", OpKind::kAdd, {a, b}), 0.125F));
  const GivenScales given = AdoptScales(g.graph);
  ASSERT_TRUE(Verify(g.graph).ok()) << Verify(g.graph).error().Format();
  EXPECT_EQ(g.graph.nodes.size(), 3U) << Dump(g.graph);
  EXPECT_EQ(g.graph.tensor(g.graph.outputs[0]).name, "out");
  EXPECT_EQ(given[g.graph.outputs[0].index()], (Quantization{{0.25F}, {3}}));
  EXPECT_TRUE(TensorsWithoutScale(g.graph, given).empty());
}

}  // namespace
}  // namespace imcc
