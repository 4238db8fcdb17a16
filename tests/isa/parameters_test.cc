// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "isa/parameters.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

TEST(Parameters, ChannelEntriesAreEightBytes) {
  EXPECT_EQ(EncodeChannelParameters({-1, 2}, {0x01020304, 5}),
            (std::vector<uint8_t>{255, 255, 255, 255, 4, 3, 2, 1, 2, 0, 0, 0, 5, 0, 0, 0}));
}

TEST(Parameters, ElementwiseRoundTrip) {
  const ElementwiseParameters p{.multiplier_a = -5,
                                .multiplier_b = 1 << 29,
                                .shift = 30,
                                .product = 7,
                                .zero_point_a = -128,
                                .zero_point_b = 1,
                                .zero_point_out = 2,
                                .lo = -3,
                                .hi = 4};
  const std::vector<uint8_t> bytes = EncodeElementwiseParameters(p);
  EXPECT_EQ(bytes.size(), 32U);
  EXPECT_TRUE(DecodeElementwiseParameters(bytes.data()) == p);
}

TEST(Parameters, DepthwiseRoundTripWithChannelZeroPoints) {
  WindowTask task{.kernel_h = 1, .kernel_w = 2, .channels = 3};
  task.flags = WindowTask::kChannelZeroPoints;
  const WindowParameters p{.zero_point_in = 1,
                           .zero_point_out = -2,
                           .lo = -3,
                           .hi = 4,
                           .pad_value = 5,
                           .bias = {1, -2, 3},
                           .requantizers = {4, 5, 6},
                           .weights = {1, 2, 3, -4, -5, -6},
                           .zero_points = {7, 8, 9}};
  const std::vector<uint8_t> bytes = EncodeWindowParameters(WindowTask::kDepthwise, p);
  EXPECT_EQ(static_cast<int64_t>(bytes.size()), WindowParameterBytes(task));
  EXPECT_TRUE(DecodeWindowParameters(task, bytes.data()) == p);
}

TEST(Parameters, AverageHasOneRequantizerPerCount) {
  const WindowTask task{.kernel_h = 2, .kernel_w = 2, .kind = WindowTask::kAverage};
  const WindowParameters p{.count_include_pad = true, .requantizers = {1, 2, 3, 4}};
  const std::vector<uint8_t> bytes = EncodeWindowParameters(WindowTask::kAverage, p);
  EXPECT_EQ(static_cast<int64_t>(bytes.size()), WindowParameterBytes(task));
  EXPECT_TRUE(DecodeWindowParameters(task, bytes.data()) == p);
}

TEST(Parameters, SoftmaxRoundTrip) {
  const SoftmaxParameters p = MakeSoftmax(0.1F, 1 / 255.0F, -128);
  const std::vector<uint8_t> bytes = EncodeSoftmax(p);
  AcrossTask task;
  task.kind = AcrossTask::kSoftmax;
  EXPECT_EQ(static_cast<int64_t>(bytes.size()), AcrossParameterBytes(task));
  EXPECT_TRUE(DecodeSoftmax(bytes.data()) == p);
}

TEST(Parameters, NormalizeRoundTrip) {
  const NormalizeParameters p =
      MakeNormalize(0.1F, 3, 0.2F, -4, 1e-5, {1, -2, 3}, {-0.5F, 0, 0.25F});
  const std::vector<uint8_t> bytes = EncodeNormalize(p);
  AcrossTask task{.channels = 3};
  task.kind = AcrossTask::kLayerNorm;
  EXPECT_EQ(static_cast<int64_t>(bytes.size()), AcrossParameterBytes(task));
  EXPECT_TRUE(DecodeNormalize(bytes.data(), 3) == p);
}

TEST(Parameters, ResizeTaps) {
  const std::vector<uint8_t> bytes = EncodeResizeParameters({{1, 2, 32768}}, {{3, 4, 5}});
  EXPECT_EQ(bytes.size(), 16U);
  const ResizeTap column = DecodeResizeTap(bytes.data() + kResizeHeaderBytes + kResizeTapBytes);
  EXPECT_EQ(column.lo, 3);
  EXPECT_EQ(column.hi, 4);
  EXPECT_EQ(column.weight, 5);
}

}  // namespace
}  // namespace imcc
