// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "memory/promote_weights.h"

#include <gtest/gtest.h>

#include "mapping/mapping.h"
#include "memory/memory.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

/// Two 1x1 convolutions over 1024 and 512 channels: 2 x 2 and 1 x 1 tiles of 512 x 512.
struct TwoLayers {
  Target target = testing::ReadTarget("quad512");
  MappedNetwork network;
  TilePlan tiles;

  TwoLayers() {
    testing::GraphBuilder builder(1);
    const QTensorId a = builder.Conv(builder.Input(8, 8, 1024), 1024, {});
    const QuantizedGraph graph = builder.Build({builder.Conv(a, 512, {})});
    auto mapped = MapNetwork(graph, PlainChoices(graph, target), target, {});
    EXPECT_TRUE(mapped.ok());
    network = std::move(*mapped);
    auto planned = PlanTiles(network, target, {});
    EXPECT_TRUE(planned.ok());
    tiles = std::move(*planned);
  }
};

constexpr Bytes kTile(512 * 512);

TEST(PromoteWeights, WholeTilesWhileTheyFit) {
  const TwoLayers layers;
  TileHomes homes = {std::vector<Region>(4, Region::kDdr), std::vector<Region>(2, Region::kDdr)};
  const Bytes moved = PromoteWeights(layers.network, {1, 1}, Region::kDdr,
                                     Bytes(3 * kTile.count() + 100), 1, true, homes);
  EXPECT_EQ(moved, kTile * 3);
  EXPECT_EQ(homes[0], (std::vector<Region>{Region::kL1, Region::kL1, Region::kL1, Region::kDdr}));
  EXPECT_EQ(homes[1], (std::vector<Region>{Region::kDdr, Region::kDdr}));
}

TEST(PromoteWeights, WholeKernelsOrNothing) {
  const TwoLayers layers;
  TileHomes homes = {std::vector<Region>(4, Region::kDdr), std::vector<Region>(2, Region::kDdr)};
  const Bytes moved =
      PromoteWeights(layers.network, {1, 1}, Region::kDdr, kTile * 3, 1, false, homes);
  EXPECT_EQ(moved, kTile * 2);
  EXPECT_EQ(homes[0], std::vector<Region>(4, Region::kDdr));
  EXPECT_EQ(homes[1], std::vector<Region>(2, Region::kL1));
}

// The second kernel loads its weights five times a frame, the first too seldom to count.
TEST(PromoteWeights, TheHottestFirst) {
  const TwoLayers layers;
  TileHomes homes = {std::vector<Region>(4, Region::kL2), std::vector<Region>(2, Region::kL2)};
  PromoteWeights(layers.network, {1, 5}, Region::kL2, kTile * 6, 2, true, homes);
  EXPECT_EQ(homes[0], std::vector<Region>(4, Region::kL2));
  EXPECT_EQ(homes[1], std::vector<Region>(2, Region::kL1));
}

// Four tiles stay in four sets, however often the kernel comes; five do not.
TEST(LoadsOfWeights, OnlyWhatDoesNotStayIsLoadedAgain) {
  TwoLayers layers;
  layers.tiles.kernels[0].tiles.resize(3, layers.tiles.kernels[0].tiles[0]);
  const std::vector<bool> nothing(layers.network.buffers.size());
  EXPECT_EQ(LoadsOfWeights(layers.network, layers.tiles, nothing, 4)[0], 1);
  EXPECT_EQ(LoadsOfWeights(layers.network, layers.tiles, nothing, 3)[0], 3);
  // A kernel whose tensors live in L1 is not cut into tiles.
  const std::vector<bool> all(layers.network.buffers.size(), true);
  EXPECT_EQ(LoadsOfWeights(layers.network, layers.tiles, all, 3)[0], 1);
}

// 6 tiles of weights, an L2 of two and an L1 with room: what L2 lacks comes to live in L1.
TEST(PlanMemory, WeightsLiveInL1WhereThatSparesDdr) {
  const TwoLayers layers;
  CompilationOptions options;
  options.l2_constraint = kTile * 2 + Bytes(4096);
  const auto planned =
      PlanMemory(layers.network, layers.tiles, layers.target, options, {.weights_in_l1 = true});
  ASSERT_TRUE(planned.ok()) << planned.error().Format();
  EXPECT_TRUE(Verify(*planned).ok());
  int in_l1 = 0;
  int in_l2 = 0;
  for (const std::vector<Address>& kernel : planned->weights)
    for (const Address& tile : kernel) {
      in_l1 += tile.region == Region::kL1 ? 1 : 0;
      in_l2 += tile.region == Region::kL2 ? 1 : 0;
    }
  EXPECT_EQ(in_l2, 2);
  EXPECT_EQ(in_l1, 4);
}

}  // namespace
}  // namespace imcc
