// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/map_convolution.h"

#include <gtest/gtest.h>

#include "mapping/mapping.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

QConv Filled(int64_t in, int64_t out, int64_t kernel, int64_t groups = 1) {
  QConv conv{.window = {.kernel_h = kernel, .kernel_w = kernel},
             .groups = groups,
             .in_channels = in,
             .out_channels = out};
  conv.weights.assign(static_cast<size_t>(out * conv.taps_per_output()), int8_t{1});
  return conv;
}

int64_t Tiles(const QConv& conv, int64_t pixel_stride = 64, bool subword = false) {
  return static_cast<int64_t>(
      MapConvolution(conv, pixel_stride, subword, testing::ReadTarget("quad512")).tiles.size());
}

// The five ResNet-18 shapes of the VW-SDK paper, valid convolutions: 20,041 steps (DESIGN 6).
TEST(MapConvolution, PlainIm2colStepsOfTheVwSdkShapes) {
  struct Shape {
    int64_t side, kernel, in, out;
  };
  int64_t steps = 0;
  for (const Shape& s : {Shape{112, 7, 3, 64}, Shape{56, 3, 64, 64}, Shape{28, 3, 128, 128},
                         Shape{14, 3, 256, 256}, Shape{7, 3, 512, 512}}) {
    const int64_t output = s.side - s.kernel + 1;
    const bool packed = s.in == 3;
    steps += output * output * Tiles(Filled(s.in, s.out, s.kernel), packed ? 4 : 64, packed);
  }
  EXPECT_EQ(steps, 20041);
}

TEST(MapConvolution, TailsOfOneRowAndOneColumn) {
  const QConv conv = Filled(513, 513, 1);
  const ImcKernel kernel = MapConvolution(conv, 576, false, testing::ReadTarget("quad512"));
  ASSERT_EQ(kernel.column_tiles.size(), 2U);
  EXPECT_EQ(kernel.column_tiles[1].columns, 1);
  ASSERT_EQ(kernel.tiles.size(), 4U);
  EXPECT_EQ(kernel.tiles[1].first_pword, 8);
  EXPECT_EQ(kernel.tiles[1].pwords, 1);
  EXPECT_EQ(kernel.tiles[1].used_cells, 512);
  EXPECT_EQ(kernel.tiles[3].used_cells, 1);
}

// ResNeXt's last stage, 32 groups of 32 channels, 3x3: 32 sets of 288 rows need 32 MVMs a pixel; a
// dense mapping 36. Packing two groups a pword does better still.
TEST(MapConvolution, GroupsAreNeverDensified) {
  const QConv conv = Filled(1024, 1024, 3, 32);
  EXPECT_LE(Tiles(conv), 32);
  EXPECT_GE(GroupsPerColumnTile(conv, testing::ReadTarget("quad512")), 2);
}

TEST(VectorLayout, SubwordPacksAKernelRow) {
  const VectorLayout layout{
      .kernel_h = 7, .kernel_w = 7, .channels = 3, .pixel_stride = 4, .subword = true};
  EXPECT_EQ(layout.pwords(), 7);
  EXPECT_FALSE(layout.Row(3).valid);  // Padding channel of the first pixel.
  EXPECT_TRUE(layout.Row(64 + 4).valid);
  EXPECT_EQ(layout.Row(64 + 4).ky, 1);
  EXPECT_EQ(layout.Row(64 + 4).kx, 1);
  EXPECT_EQ(layout.Row(64 + 4).channel, 0);
  EXPECT_FALSE(layout.Row(28).valid);  // Behind the seventh pixel.
}

TEST(MappingJudge, NoticesAMovedWeight) {
  testing::GraphBuilder builder(3);
  const QTensorId x = builder.Input(5, 5, 70);
  const QuantizedGraph graph = builder.Build({builder.Conv(x, 9, {.kernel_h = 3, .kernel_w = 3})});
  const Target target = testing::ReadTarget("quad512");
  auto network = MapNetwork(graph, target, {});
  ASSERT_TRUE(network.ok());
  EXPECT_TRUE(Verify(*network, graph, target).ok());
  ImcKernel& kernel = std::get<ImcKernel>(network->kernels[0].body);
  size_t cell = 0;
  while (kernel.weights[cell] == kernel.weights[cell + 1]) ++cell;
  std::swap(kernel.weights[cell], kernel.weights[cell + 1]);
  EXPECT_FALSE(Verify(*network, graph, target).ok());
}

}  // namespace
}  // namespace imcc
