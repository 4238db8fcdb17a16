// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mapping/budget.h"
#include "mapping/mapping.h"
#include "support/graph_builder.h"
#include "support/targets.h"
#include "tiling/tiling.h"

namespace imcc {
namespace {

using testing::GraphBuilder;

MappedNetwork MustMap(const QuantizedGraph& graph, const Target& target) {
  auto network = MapNetwork(graph, PlainChoices(graph, target), target, {});
  EXPECT_TRUE(network.ok());
  return std::move(network).value();
}

TEST(InputBox, StridedWindowByHand) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(11, 11, 8);
  const Window window{
      .kernel_h = 3, .kernel_w = 3, .stride_h = 2, .stride_w = 2, .padding = {1, 1, 1, 1}};
  const MappedNetwork network =
      MustMap(builder.Build({builder.Conv(x, 4, window)}), testing::ReadTarget("tiny"));
  // Rows 2..3 read input rows 2*2-1 = 3 .. 3*2-1+2 = 7; columns 0 start in the padding.
  const Box box = InputBox(network.kernels[0], 0, {{2, 4}, {0, 1}});
  EXPECT_EQ(box, (Box{{3, 8}, {0, 2}}));
}

TEST(InputBox, RowsOfPaddingAloneStillGetOneLine) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(4, 4, 8);
  const MappedNetwork network =
      MustMap(builder.Build({builder.Pad(x, {3, 0, 0, 0})}), testing::ReadTarget("tiny"));
  EXPECT_EQ(InputBox(network.kernels[0], 0, {{0, 1}, {0, 4}}).rows, (Interval<int64_t>{0, 1}));
}

// Whatever pixels of a row are made, all columns of the matrix are multiplied.
TEST(InputBox, ProductsReadWholeMatrices) {
  for (const int64_t matrices : {1, 6}) {
    GraphBuilder builder(1);
    const QTensorId a = builder.Input(6, 9, 8);
    const QTensorId b = builder.Symmetric(builder.Input(matrices, 5, 8));
    const MappedNetwork network =
        MustMap(builder.Build({builder.MatMul(a, b)}), testing::ReadTarget("tiny"));
    const Box output{{2, 4}, {3, 7}};
    EXPECT_EQ(InputBox(network.kernels[1], 0, output), output);
    const Interval<int64_t> rows = matrices == 1 ? Interval<int64_t>{0, 1} : output.rows;
    EXPECT_EQ(InputBox(network.kernels[1], 1, output), (Box{rows, {0, 5}}));
  }
}

TEST(PlanTiles, RandomNetworksFitAndPassTheJudge) {
  const Target target = testing::ReadTarget("tiny");
  for (uint64_t seed = 1; seed < 80; ++seed) {
    const QuantizedGraph graph = testing::RandomGraph(seed, 10, 24);
    const MappedNetwork network = MustMap(graph, target);
    const auto plan = PlanTiles(network, target, {});
    if (!plan.ok()) {
      EXPECT_EQ(plan.error().code, ErrorCode::kCapacity);
      continue;
    }
    const Status judged = Verify(*plan, network);
    EXPECT_TRUE(judged.ok()) << seed << ": " << judged.error().Format();
  }
}

TEST(TileJudge, NoticesAMissingPixelAndASmallInputBox) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(9, 9, 8);
  const Target target = testing::ReadTarget("tiny");
  const MappedNetwork network =
      MustMap(builder.Build({builder.Conv(x, 4, {.kernel_h = 3, .kernel_w = 3})}), target);
  auto plan = PlanTiles(network, target, {});
  ASSERT_TRUE(plan.ok());
  TilePlan missing = *plan;
  missing.kernels[0].tiles[0].output.columns.end -= 1;
  EXPECT_FALSE(Verify(missing, network).ok());
  TilePlan small = *plan;
  small.kernels[0].tiles[0].inputs[0].rows.end -= 1;
  EXPECT_FALSE(Verify(small, network).ok());
}

TEST(TileJudge, NoticesAMatrixThatIsNotWhole) {
  GraphBuilder builder(1);
  const QTensorId a = builder.Input(6, 9, 8);
  const Target target = testing::ReadTarget("tiny");
  const QTensorId b = builder.Symmetric(builder.Input(6, 5, 8));
  const MappedNetwork network = MustMap(builder.Build({builder.MatMul(a, b)}), target);
  const auto plan = PlanTiles(network, target, {});
  ASSERT_TRUE(plan.ok());
  EXPECT_TRUE(Verify(*plan, network).ok());
  TilePlan columns = *plan;
  columns.kernels[1].tiles[0].inputs[1].columns.end -= 1;
  EXPECT_FALSE(Verify(columns, network).ok());
  TilePlan rows = *plan;
  Box& matrices = rows.kernels[1].tiles.back().inputs[1];
  if (matrices.rows.begin == 0)
    matrices.rows.end -= 1;
  else
    matrices.rows = {matrices.rows.begin - 1, matrices.rows.end - 1};
  EXPECT_FALSE(Verify(rows, network).ok());
}

TEST(PlanTiles, AKernelThatCannotFitIsRefusedWithTheBytes) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(3, 3, 4000);
  const Target target = testing::ReadTarget("tiny");
  const MappedNetwork network =
      MustMap(builder.Build({builder.Depthwise(x, {.kernel_h = 3, .kernel_w = 3})}), target);
  const auto plan = PlanTiles(network, target, {});
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.error().code, ErrorCode::kCapacity);
  EXPECT_NE(plan.error().message.find("bytes of L1"), std::string::npos);
}

}  // namespace
}  // namespace imcc
