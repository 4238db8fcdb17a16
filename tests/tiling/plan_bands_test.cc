// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "tiling/plan_bands.h"

#include <gtest/gtest.h>

#include "map_plainly.h"
#include "support/graph_builder.h"
#include "tiling/plan_stripes.h"
#include "tiling/verify_stripes.h"

namespace imcc {
namespace {

using testing::GraphBuilder;
using testing::kSame3x3;
using testing::MapPlainly;
using Columns = Interval<int64_t>;
using Shares = std::vector<Columns>;

TileGroup Plan(const MappedNetwork& network, StripeCut cut) {
  const GroupSpan all{0, network.kernels.size()};
  return PlanStripes(network, LinksOf(network), all, cut, {.pword = 16, .double_buffer = false});
}

int LineOfInput(const TileGroup& group) { return group.input_lines[0][0]; }

// Two 3x3 convolutions over 16 columns: what leaves is cut at column 8, so the first convolution
// makes one column more on the inner side of each band, and reads one more than that.
TEST(PlanBands, TheHaloGrowsBackwards) {
  GraphBuilder builder(1);
  const QTensorId a = builder.Conv(builder.Input(16, 16, 16), 16, kSame3x3);
  const MappedNetwork network = MapPlainly(builder.Build({builder.Conv(a, 16, kSame3x3)}));
  const TileGroup group = Plan(network, {.stripes = 4, .bands = 2});
  ASSERT_EQ(group.bands.size(), 2U);
  EXPECT_EQ(group.bands[0].computed, (Shares{{0, 9}, {0, 8}}));
  EXPECT_EQ(group.bands[1].computed, (Shares{{7, 16}, {8, 16}}));
  EXPECT_EQ(group.bands[0].stored, (Shares{{}, {0, 8}}));  // The first one's result stays inside.
  const auto input = static_cast<size_t>(LineOfInput(group));
  EXPECT_EQ(group.bands[0].held[input], (Columns{0, 10}));
  EXPECT_EQ(group.bands[1].held[input], (Columns{6, 16}));
  EXPECT_EQ(group.lines[input].width, 10);
  EXPECT_TRUE(VerifyStripes(group, network).ok());
}

// The result of the first convolution is needed outside too: each band stores its half of it, and
// computes the column of its neighbour that the second convolution reads.
TEST(PlanBands, WhatIsAlsoNeededOutsideIsStoredOnce) {
  GraphBuilder builder(1);
  const QTensorId a = builder.Conv(builder.Input(16, 16, 16), 16, kSame3x3);
  const MappedNetwork network = MapPlainly(builder.Build({a, builder.Conv(a, 16, kSame3x3)}));
  const TileGroup group = Plan(network, {.stripes = 4, .bands = 2});
  EXPECT_EQ(group.bands[0].computed[0], (Columns{0, 9}));
  EXPECT_EQ(group.bands[0].stored[0], (Columns{0, 8}));
  EXPECT_EQ(group.bands[1].stored[0], (Columns{8, 16}));
  EXPECT_TRUE(VerifyStripes(group, network).ok());
}

TEST(PlanBands, OneBandIsAsWideAsTheTensor) {
  GraphBuilder builder(1);
  const QTensorId a = builder.Conv(builder.Input(16, 16, 16), 16, kSame3x3);
  const MappedNetwork network = MapPlainly(builder.Build({builder.Conv(a, 16, kSame3x3)}));
  const TileGroup group = Plan(network, {.stripes = 4});
  ASSERT_EQ(group.bands.size(), 1U);
  EXPECT_EQ(group.bands[0].computed, (Shares{{0, 16}, {0, 16}}));
}

TEST(PlanBands, AGlobalPoolSumsWholeRows) {
  GraphBuilder builder(1);
  const QTensorId a = builder.Conv(builder.Input(16, 16, 16), 16, kSame3x3);
  const MappedNetwork network =
      MapPlainly(builder.Build({builder.GlobalPool(QPool::Kind::kAverage, a)}));
  EXPECT_TRUE(MayCutBands(network, 0, 1));
  EXPECT_FALSE(MayCutBands(network, 0, 2));
}

// The judge: a band that is too narrow for the windows behind it, or stored twice.
TEST(PlanBands, TheJudgeSeesAMissingHalo) {
  GraphBuilder builder(1);
  const QTensorId a = builder.Conv(builder.Input(16, 16, 16), 16, kSame3x3);
  const MappedNetwork network = MapPlainly(builder.Build({builder.Conv(a, 16, kSame3x3)}));
  TileGroup group = Plan(network, {.stripes = 4, .bands = 2});
  group.bands[0].computed[0] = {0, 8};
  EXPECT_FALSE(VerifyStripes(group, network).ok());
  group = Plan(network, {.stripes = 4, .bands = 2});
  group.bands[1].stored[1] = {7, 16};
  EXPECT_FALSE(VerifyStripes(group, network).ok());
}

}  // namespace
}  // namespace imcc
