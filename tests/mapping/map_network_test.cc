// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mapping/mapping.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

using testing::GraphBuilder;

MappedNetwork MapOrFail(const QuantizedGraph& graph, const CompilationOptions& options = {}) {
  auto network = MapNetwork(graph, PlainChoices(graph, testing::ReadTarget("quad512")),
                            testing::ReadTarget("quad512"), options);
  EXPECT_TRUE(network.ok());
  return std::move(network).value();
}

TEST(MapNetwork, TableBehindConvolutionRidesOnIt) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(8, 8, 16);
  const QuantizedGraph graph = builder.Build({builder.Table(builder.Conv(x, 8, {}))});
  const MappedNetwork network = MapOrFail(graph);
  ASSERT_EQ(network.kernels.size(), 1U);
  EXPECT_TRUE(network.kernels[0].imc()->fused_table);
  EXPECT_EQ(network.kernels[0].constants.size(), 8U * 8 + 256);
}

TEST(MapNetwork, TableOfASharedTensorStaysOnItsOwn) {
  GraphBuilder builder(1);
  const QTensorId y = builder.Conv(builder.Input(8, 8, 16), 8, {});
  const QuantizedGraph graph =
      builder.Build({builder.Elementwise(QElementwise::Kind::kMul, y, builder.Table(y))});
  EXPECT_EQ(MapOrFail(graph).kernels.size(), 3U);
}

TEST(MapNetwork, ReshapeSharesTheBuffer) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(1, 1, 16);
  const QTensorId y = builder.Table(x);
  const QuantizedGraph graph = builder.Build({builder.Conv(builder.Reshape(y, {1, 16}), 4, {})});
  const MappedNetwork network = MapOrFail(graph);
  EXPECT_EQ(network.kernels.size(), 2U);
  EXPECT_EQ(network.kernels[0].output.buffer, network.kernels[1].inputs[0].buffer);
}

// The convolution's tensor is read by the concatenation alone, so its drain writes there; the input
// is copied.
TEST(MapNetwork, ConcatPartsWriteTheirOwnBoxes) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(4, 4, 24);
  const QTensorId a = builder.Conv(x, 8, {});
  const QuantizedGraph graph = builder.Build({builder.Concat({a, x}, 3)});
  const MappedNetwork network = MapOrFail(graph);
  ASSERT_EQ(network.kernels.size(), 2U);
  EXPECT_NE(network.kernels[0].imc(), nullptr);
  EXPECT_EQ(network.kernels[0].output.channel0, 0);
  EXPECT_EQ(network.kernels[0].output.box.channels, 8);
  EXPECT_EQ(network.kernels[1].output.channel0, 8);
  EXPECT_EQ(network.kernels[1].output.whole.channels, 32);
  EXPECT_EQ(network.kernels[0].output.buffer, network.kernels[1].output.buffer);
  EXPECT_EQ(network.buffers.size(), 2U);
}

TEST(MapNetwork, ConstantsAreBuffersWithTheirBytes) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Table(builder.Input(2, 2, 3));  // Not packed.
  const QTensorId k = builder.Constant({2, 2, 3});
  const QTensorId joined = builder.Constant({2, 2, 3});
  const QTensorId sum = builder.Elementwise(QElementwise::Kind::kAdd, x, k);
  const QuantizedGraph graph = builder.Build({builder.Concat({sum, joined}, 3)});
  MappedNetwork network = MapOrFail(graph);
  const MappingChoices choices = PlainChoices(graph, testing::ReadTarget("quad512"));
  const auto judge = [&] {
    return Verify(network, graph, choices, testing::ReadTarget("quad512"));
  };
  EXPECT_TRUE(judge().ok());
  Buffer& padded = network.buffers[network.buffer_of_tensor[k.index()].index()];
  EXPECT_TRUE(padded.is_constant);
  EXPECT_EQ(padded.pixel_stride, 64);  // As that of x.
  ASSERT_EQ(padded.constant.size(), 256U);
  EXPECT_EQ(static_cast<int8_t>(padded.constant[64 + 2]), graph.tensor(k).constant[3 + 2]);
  EXPECT_EQ(padded.constant[64 + 3], 0);
  const Buffer& packed = network.buffers[network.buffer_of_tensor[joined.index()].index()];
  EXPECT_EQ(packed.constant.size(), 12U);
  ++padded.constant[64 + 2];
  EXPECT_FALSE(judge().ok());
  --padded.constant[64 + 2];
  network.kernels[0].output.buffer = network.buffer_of_tensor[k.index()];
  EXPECT_FALSE(judge().ok());
}

TEST(MapNetwork, InputsOfFewChannelsArePackedOnlyWithSwicr) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(9, 9, 3);
  const QuantizedGraph graph = builder.Build({builder.Conv(x, 8, {.kernel_h = 3, .kernel_w = 3})});
  EXPECT_EQ(MapOrFail(graph).buffers[0].pixel_stride, 3);
  CompilationOptions off;
  off.enable_swicr = false;
  EXPECT_EQ(MapOrFail(graph, off).buffers[0].pixel_stride, 64);
  EXPECT_EQ(MapOrFail(graph, off).kernels[0].imc()->tiles.size(), 2U);  // 9 pwords of 64 rows.
}

int64_t StrideOf(const MappedNetwork& network, QTensorId tensor) {
  return network.buffer(network.buffer_of_tensor[tensor.index()]).pixel_stride;
}

// Between convolutions nobody needs the padding: 3x3 over 32 channels takes 2 pwords a kernel row
// instead of 3, so one tile of 384 rows instead of two.
TEST(MapNetwork, TensorsOnlyConvolutionsReadArePacked) {
  GraphBuilder builder(1);
  const QTensorId a = builder.Conv(builder.Input(9, 9, 3), 32, {});
  const QTensorId b = builder.Conv(a, 64, {.kernel_h = 3, .kernel_w = 3});
  const QuantizedGraph graph = builder.Build({builder.Conv(b, 32, {})});
  const MappedNetwork network = MapOrFail(graph);
  EXPECT_EQ(StrideOf(network, a), 32);
  EXPECT_EQ(StrideOf(network, b), 64);
  EXPECT_EQ(StrideOf(network, graph.outputs[0]), 64);  // Nothing reads it but the host.
  EXPECT_TRUE(network.kernels[1].imc()->subword);
  ASSERT_EQ(network.kernels[1].imc()->tiles.size(), 1U);
  EXPECT_EQ(network.kernels[1].imc()->tiles[0].pwords, 6);
}

// A dilated kernel row has gaps: packing it would multiply them.
TEST(MapNetwork, DilatedConvolutionsReadTapByTap) {
  GraphBuilder builder(1);
  const QTensorId a = builder.Conv(builder.Input(9, 9, 3), 32, {});
  const QTensorId b = builder.Conv(a, 64, {.kernel_h = 3, .kernel_w = 3});
  const QTensorId c =
      builder.Conv(a, 64, {.kernel_h = 3, .kernel_w = 3, .dilation_h = 2, .dilation_w = 2});
  const QuantizedGraph graph = builder.Build({b, c});
  const MappedNetwork network = MapOrFail(graph);
  EXPECT_EQ(StrideOf(network, a), 32);  // For the sake of b.
  EXPECT_TRUE(network.kernels[1].imc()->subword);
  EXPECT_FALSE(network.kernels[2].imc()->subword);
}

// One pixel stride serves both addends: the one nobody packs for decides.
TEST(MapNetwork, AddendsArePackedTogetherOrNotAtAll) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(9, 9, 3);
  const QTensorId a = builder.Table(builder.Conv(x, 32, {}));
  const QTensorId b = builder.Table(builder.Conv(x, 32, {}));
  const auto sum = builder.Elementwise(QElementwise::Kind::kMul, a, b);
  const QTensorId c = builder.Conv(a, 64, {.kernel_h = 3, .kernel_w = 3});
  const MappedNetwork network = MapOrFail(builder.Build({sum, c}));
  EXPECT_EQ(StrideOf(network, a), 64);
  EXPECT_EQ(StrideOf(network, b), 64);
}

// 3x3 depthwise over 56x56x70: two groups of 64 lanes, nine taps.
TEST(CostOf, DepthwiseByHand) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(58, 58, 70);
  const QuantizedGraph graph =
      builder.Build({builder.Depthwise(x, {.kernel_h = 3, .kernel_w = 3})});
  const MappedNetwork network = MapOrFail(graph);
  const KernelCost cost = CostOf(network.kernels[0], testing::ReadTarget("quad512"), {});
  EXPECT_EQ(cost.depthwise, Cycles(56 * 56 * 9 * 2));
  EXPECT_EQ(cost.mvms, Mvms(0));
}

// 1x1, 512 -> 512 on 7x7: one full tile, 49 MVMs of 8 cycles, 262,144 bytes at 54 B/cycle.
TEST(CostOf, FullTileByHand) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(7, 7, 512);
  const QuantizedGraph graph = builder.Build({builder.Conv(x, 512, {})});
  const KernelCost cost = CostOf(MapOrFail(graph).kernels[0], testing::ReadTarget("quad512"), {});
  EXPECT_EQ(cost.mvms, Mvms(49));
  EXPECT_EQ(cost.mvm, Cycles(392));
  EXPECT_EQ(cost.weight_load, Cycles(4855));
  EXPECT_DOUBLE_EQ(cost.effective_utilisation, 1.0);
  EXPECT_DOUBLE_EQ(cost.occupancy, 1.0);
}

}  // namespace
}  // namespace imcc
