// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/map_convolution.h"

#include <gtest/gtest.h>

#include <algorithm>

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

ImcKernel LayOut(const QConv& conv, int64_t pixel_stride = 64, int64_t replicas = 1) {
  const Target target = testing::ReadTarget("quad512");
  return LayOutConvolution(
      conv, MappingOf(conv, {.replicas = replicas}, pixel_stride, target, CompilationOptions{}),
      target);
}

int64_t Tiles(const QConv& conv, int64_t pixel_stride = 64, int64_t replicas = 1) {
  return static_cast<int64_t>(LayOut(conv, pixel_stride, replicas).tiles.size());
}

/// The five ResNet-18 shapes of the VW-SDK paper, valid convolutions.
struct VwSdkShape {
  int64_t side, kernel, in, out;
  int64_t output() const { return side - kernel + 1; }
  int64_t pixel_stride() const { return in == 3 ? 3 : in; }
};
constexpr VwSdkShape kVwSdkShapes[] = {
    {112, 7, 3, 64}, {56, 3, 64, 64}, {28, 3, 128, 128}, {14, 3, 256, 256}, {7, 3, 512, 512}};

TEST(MapConvolution, PlainIm2colStepsOfTheVwSdkShapes) {
  int64_t steps = 0;
  for (const VwSdkShape& s : kVwSdkShapes)
    steps += s.output() * s.output() * Tiles(Filled(s.in, s.out, s.kernel), s.pixel_stride());
  EXPECT_EQ(steps, 20041);  // DESIGN 6.
}

TEST(MapConvolution, ReplicatedStepsOfTheVwSdkShapes) {
  int64_t steps = 0;
  for (const VwSdkShape& s : kVwSdkShapes) {
    int64_t best = INT64_MAX;
    for (int64_t f = 1; f <= 8; ++f) {
      const ImcKernel imc = LayOut(Filled(s.in, s.out, s.kernel), s.pixel_stride(), f);
      best = std::min(best,
                      imc.Groups(s.output(), s.output()) * static_cast<int64_t>(imc.tiles.size()));
    }
    steps += best;
  }
  EXPECT_EQ(steps, 4509);  // DESIGN 6: X-only, f <= 8.
}

// 3x3 s1, 2 replicas of 64 channels: 4 input columns instead of 2 x 3, 128 array columns; each
// input column but the outer ones meets both replicas.
TEST(MapConvolution, ShiftedWindowsShareColumns) {
  const QConv conv = Filled(64, 64, 3);
  ImcKernel imc = LayOut(conv, 64, 2);
  ASSERT_EQ(imc.column_tiles.size(), 1U);
  EXPECT_EQ(imc.column_tiles[0].columns, 128);
  ASSERT_EQ(imc.tiles.size(), 2U);  // 3 * 4 pwords = 768 rows.
  EXPECT_EQ(imc.tiles[0].pwords + imc.tiles[1].pwords, 12);
  FillWeights(conv, 64, testing::ReadTarget("quad512"), imc);
  EXPECT_EQ(imc.tiles[0].used_cells + imc.tiles[1].used_cells, 2 * 3 * 3 * 64 * 64);
}

// 3x3 s2 over 32 packed channels, 8 replicas: 17 columns of 32 bytes are 9 pwords a kernel row, 27
// in all; tap by tap it would be 51.
TEST(MapConvolution, PackedPixelsFillPwords) {
  QConv conv = Filled(32, 32, 3);
  conv.window.stride_h = conv.window.stride_w = 2;
  EXPECT_EQ(Tiles(conv, 32, 8), 4);
  EXPECT_EQ(Tiles(conv, 64, 8), 7);
}

// 1x1 s2: between the columns of the replicas lies one that none needs, so tap by tap is no longer.
TEST(MapConvolution, PackedPixelsWithGapsAreReadTapByTap) {
  QConv conv = Filled(48, 32, 1);
  conv.window.stride_h = conv.window.stride_w = 2;
  EXPECT_FALSE(LayOut(conv, 48, 8).subword);
  conv.window = {};
  EXPECT_TRUE(LayOut(conv, 48, 8).subword);
}

// 2x2 s3 d1 touches columns 0 1 | 3 4 | 6 7: copies side by side, the gaps take no rows.
TEST(MapConvolution, DisjointWindowsLeaveGapsOut) {
  const VectorLayout layout{
      .window = {.kernel_h = 2, .kernel_w = 2, .stride_w = 3}, .replicas = 3, .channels = 64};
  EXPECT_EQ(layout.columns(), (std::vector<int64_t>{0, 1, 3, 4, 6, 7}));
  EXPECT_EQ(layout.pwords(), 12);
}

// Dilation 2 of a 3-tap row, stride 1, 2 replicas: 0 2 4 and 1 3 5.
TEST(MapConvolution, DilatedWindowsInterleave) {
  const VectorLayout layout{.window = {.kernel_w = 3, .dilation_w = 2}, .replicas = 2};
  EXPECT_EQ(layout.columns(), (std::vector<int64_t>{0, 1, 2, 3, 4, 5}));
}

TEST(MapConvolution, TailsOfOneRowAndOneColumn) {
  const QConv conv = Filled(513, 513, 1);
  ImcKernel kernel = LayOut(conv, 576);
  FillWeights(conv, 576, testing::ReadTarget("quad512"), kernel);
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
  EXPECT_GE(LayOut(conv).column_tiles[0].in_channels, 2 * 32);
}

TEST(VectorLayout, SubwordPacksAKernelRow) {
  const VectorLayout layout{
      .window = {.kernel_h = 7, .kernel_w = 7}, .channels = 3, .pixel_stride = 4, .subword = true};
  EXPECT_EQ(layout.pwords(), 7);
  const std::vector<VectorRow> rows = layout.Rows();
  EXPECT_FALSE(rows[3].valid);  // Padding channel of the first pixel.
  EXPECT_TRUE(rows[64 + 4].valid);
  EXPECT_EQ(rows[64 + 4].ky, 1);
  EXPECT_EQ(rows[64 + 4].column, 1);
  EXPECT_EQ(rows[64 + 4].channel, 0);
  EXPECT_FALSE(rows[28].valid);  // Behind the seventh pixel.
}

TEST(MappingJudge, NoticesAMovedWeight) {
  testing::GraphBuilder builder(3);
  const QTensorId x = builder.Input(5, 5, 70);
  const QuantizedGraph graph = builder.Build({builder.Conv(x, 9, {.kernel_h = 3, .kernel_w = 3})});
  const Target target = testing::ReadTarget("quad512");
  const MappingChoices choices = PlainChoices(graph, target);
  auto network = MapNetwork(graph, choices, target, {});
  ASSERT_TRUE(network.ok());
  EXPECT_TRUE(Verify(*network, graph, choices, target).ok());
  ImcKernel& kernel = std::get<ImcKernel>(network->kernels[0].body);
  size_t cell = 0;
  while (kernel.weights[cell] == kernel.weights[cell + 1]) ++cell;
  std::swap(kernel.weights[cell], kernel.weights[cell + 1]);
  EXPECT_FALSE(Verify(*network, graph, choices, target).ok());
}

}  // namespace
}  // namespace imcc
