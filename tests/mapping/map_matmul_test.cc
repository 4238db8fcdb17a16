// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/map_matmul.h"

#include <gtest/gtest.h>

#include "mapping/mapping.h"
#include "mapping/predict_timeline.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

using testing::GraphBuilder;

/// Twelve heads of 197 tokens as vit_b_16 has them, 64 channels each.
QuantizedGraph Scores() {
  GraphBuilder builder(1);
  const QTensorId a = builder.Input(12, 197, 64);
  return builder.Build({builder.MatMul(a, builder.Symmetric(builder.Input(12, 197, 64)))});
}

MappedNetwork MustMap(const QuantizedGraph& graph) {
  const Target target = testing::ReadTarget("quad512");
  auto network = MapNetwork(graph, PlainChoices(graph, target), target, {});
  EXPECT_TRUE(network.ok());
  return std::move(network).value();
}

// 700 rows of 600 columns: 512 and 188 rows (3 pwords), 512 and 88 columns.
TEST(MapMatMul, TilesOfAMatrixLargerThanTheArray) {
  const ImcKernel kernel = LayOutMatMul({3, 600, 700}, testing::ReadTarget("quad512"), {});
  EXPECT_EQ(kernel.matrices, 3);
  EXPECT_TRUE(kernel.weights.empty());
  ASSERT_EQ(kernel.tiles.size(), 4U);
  EXPECT_EQ(kernel.column_tiles[1].columns, 88);
  EXPECT_EQ(kernel.tiles[1].first_pword, 8);
  EXPECT_EQ(kernel.tiles[1].pwords, 3);
  EXPECT_EQ(kernel.tiles[1].used_cells, 512 * 188);
  EXPECT_EQ(kernel.tiles[3].used_cells, 88 * 188);
}

// 197 multiplies and one of the zero point a head; 64 x 197 cells loaded for each at 54 B/cycle;
// results of four pwords a pixel.
TEST(MapMatMul, CostOfAttentionByHand) {
  const MappedNetwork network = MustMap(Scores());
  const Kernel& kernel = network.kernels.back();
  const KernelCost cost = CostOf(kernel, testing::ReadTarget("quad512"), {});
  EXPECT_EQ(cost.mvms, Mvms(12 * 198));
  EXPECT_EQ(cost.mvm, Cycles(12 * 198 * 8));
  EXPECT_EQ(cost.weight_load, Cycles(2802));
  EXPECT_EQ(cost.vector, Cycles(12 * 197 * 4));
  EXPECT_EQ(kernel.macs, Macs(12 * 197 * 197 * 64));
  EXPECT_EQ(kernel.weight_bytes(), Bytes(0));
  const KernelDemand demand = DemandOf(kernel, testing::ReadTarget("quad512"), {});
  EXPECT_EQ(demand.weight_turns, 12);
  EXPECT_TRUE(demand.tile_bytes.empty());  // Nothing for the memory planner to place.
  EXPECT_EQ(demand.weights, Bytes(0));
}

// Tensors of rank 3 are one row of pixels; the matrices stand one below the other.
TEST(MapMatMul, RowsAreMatrices) {
  GraphBuilder builder(2);
  const QTensorId a = builder.Reshape(builder.Table(builder.Input(3, 5, 16)), {3, 5, 16});
  const QTensorId b = builder.Reshape(builder.Symmetric(builder.Input(3, 7, 16)), {3, 7, 16});
  const MappedNetwork network = MustMap(builder.Build({builder.MatMul(a, b)}));
  const Kernel& kernel = network.kernels.back();
  EXPECT_EQ(kernel.inputs[0].map, (FeatureMap{3, 5, 16}));
  EXPECT_EQ(kernel.inputs[1].map, (FeatureMap{3, 7, 16}));
  EXPECT_EQ(kernel.output.whole, (FeatureMap{3, 5, 7}));
  EXPECT_EQ(network.buffer(kernel.output.buffer).map, (FeatureMap{1, 15, 7}));
}

// So that a softmax begins with the first head.
TEST(MapMatMul, PixelwiseNeighboursSeeTheSameRows) {
  GraphBuilder builder(2);
  const QTensorId a = builder.Reshape(builder.Table(builder.Input(3, 5, 16)), {3, 5, 16});
  const QTensorId b = builder.Reshape(builder.Symmetric(builder.Input(3, 7, 16)), {3, 7, 16});
  const MappedNetwork network = MustMap(builder.Build({builder.Softmax(builder.MatMul(a, b))}));
  EXPECT_EQ(network.kernels.back().inputs[0].map, (FeatureMap{3, 5, 7}));
  EXPECT_EQ(network.kernels.back().output.box, (FeatureMap{3, 5, 7}));
}

// Heads joined along their channels: each is written into every pixel of its row.
TEST(MapMatMul, PartsOfAJoinedTensorKeepTheirRows) {
  GraphBuilder builder(2);
  const auto product = [&] {
    const QTensorId a = builder.Reshape(builder.Table(builder.Input(3, 5, 16)), {3, 5, 16});
    const QTensorId b = builder.Reshape(builder.Symmetric(builder.Input(3, 7, 16)), {3, 7, 16});
    return builder.MatMul(a, b);
  };
  const QTensorId first = product();
  const MappedNetwork network = MustMap(builder.Build({builder.Concat({first, product()}, 2)}));
  const Destination& second = network.kernels.back().output;
  EXPECT_EQ(second.box, (FeatureMap{3, 5, 7}));
  EXPECT_EQ(second.whole, (FeatureMap{3, 5, 14}));
  EXPECT_EQ(second.channel0, 7);
}

TEST(MapMatMul, ATableRidesOnTheDrain) {
  GraphBuilder builder(1);
  const QTensorId a = builder.Input(3, 5, 16);
  const QTensorId b = builder.Symmetric(builder.Input(3, 7, 16));
  const MappedNetwork network = MustMap(builder.Build({builder.Table(builder.MatMul(a, b))}));
  ASSERT_EQ(network.kernels.size(), 2U);
  EXPECT_TRUE(network.kernels[1].imc()->fused_table);
  EXPECT_EQ(network.kernels[1].constants.size(), 7U * 8 + 256);
}

TEST(MapMatMulJudge, NoticesWhatIsMultipliedTwiceOrNotAtAll) {
  const QuantizedGraph graph = Scores();
  const Target target = testing::ReadTarget("quad512");
  const MappingChoices choices = PlainChoices(graph, target);
  const MappedNetwork network = MustMap(graph);
  EXPECT_TRUE(Verify(network, graph, choices, target).ok());
  const auto is_caught = [&](auto damage) {
    MappedNetwork damaged = network;
    Kernel& kernel = damaged.kernels.back();
    damage(kernel, std::get<ImcKernel>(kernel.body));
    return !Verify(damaged, graph, choices, target).ok();
  };
  EXPECT_TRUE(is_caught([](Kernel&, ImcKernel& imc) { imc.tiles.push_back(imc.tiles[0]); }));
  EXPECT_TRUE(is_caught([](Kernel&, ImcKernel& imc) { --imc.column_tiles[0].columns; }));
  EXPECT_TRUE(is_caught([](Kernel&, ImcKernel& imc) { imc.matrices = 1; }));
  EXPECT_TRUE(is_caught([](Kernel& kernel, ImcKernel&) { kernel.inputs[1].map = {1, 2364, 64}; }));
}

}  // namespace
}  // namespace imcc
