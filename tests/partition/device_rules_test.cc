// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "ir/small_graph.h"
#include "partition/partition.h"

namespace imcc {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DeviceRulesTest : public ::testing::Test {
 protected:
  /// Why the last node added is not on the device.
  std::string Why() {
    Target target;
    target.array.rows = 512;
    target.array.max_row_tiles = 32;
    target.depthwise_max_taps = 127;
    target.pword = 64;
    target.l1.size = Bytes(1 << 20);
    return WhyNotOnDevice(g_.graph, g_.graph.nodes.back(), target);
  }
  std::string WhyPool(OpKind kind, Shape input, Window window) {
    g_.Add("p", kind, {g_.Input("px", std::move(input))}, PoolAttributes{window});
    return Why();
  }
  SmallGraph g_;
  TensorId x_ = g_.Input("x", {1, 20, 20, 4});
};

TEST_F(DeviceRulesTest, Convolutions) {
  g_.Conv("c", x_, 8);
  EXPECT_THAT(Why(), IsEmpty());
  g_.Add("strided", OpKind::kConv, {x_, g_.Constant("w", {1, 1, 1, 4})},
         ConvAttributes{{.stride_h = 256}});
  EXPECT_THAT(Why(), HasSubstr("256 is above 255"));
  const TensorId computed = g_.Input("computed", {1, 1, 1, 4});
  g_.Add("dynamic", OpKind::kConv, {x_, computed}, ConvAttributes{});
  EXPECT_THAT(Why(), HasSubstr("weights are computed"));
}

TEST_F(DeviceRulesTest, ProductsPerOutputAreLimitedByTheArray) {
  g_.Add("fits", OpKind::kFullyConnected,
         {g_.Input("a", {1, 16384}), g_.Constant("wa", {1, 16384})});
  EXPECT_THAT(Why(), IsEmpty());
  g_.Add("too_long", OpKind::kFullyConnected,
         {g_.Input("b", {1, 16385}), g_.Constant("wb", {1, 16385})});
  EXPECT_THAT(Why(), HasSubstr("512 array rows x 32 row tiles"));
}

TEST_F(DeviceRulesTest, Pools) {
  EXPECT_THAT(WhyPool(OpKind::kAveragePool, {1, 20, 21, 4}, {.kernel_h = 20, .kernel_w = 21}),
              IsEmpty());  // Global.
}
TEST_F(DeviceRulesTest, LargeWindows) {
  EXPECT_THAT(WhyPool(OpKind::kMaxPool, {1, 20, 21, 4}, {.kernel_h = 16, .kernel_w = 8}),
              HasSubstr("128 taps, more than 127"));
}
TEST_F(DeviceRulesTest, DilatedAverages) {
  EXPECT_THAT(WhyPool(OpKind::kAveragePool, {1, 20, 21, 4},
                      {.kernel_h = 2, .kernel_w = 2, .dilation_h = 2}),
              HasSubstr("dilated"));
}

TEST_F(DeviceRulesTest, Broadcasts) {
  const TensorId channel = g_.Input("channel", {1, 1, 1, 4});
  g_.Add("good", OpKind::kMul, {x_, channel});
  EXPECT_THAT(Why(), IsEmpty());
  g_.Add("swapped", OpKind::kSub, {channel, x_});
  EXPECT_THAT(Why(), HasSubstr("broadcasts 1x1x1x4 and 1x20x20x4"));
  g_.Add("rows", OpKind::kAdd, {x_, g_.Input("row", {1, 20, 1, 4})});
  EXPECT_THAT(Why(), HasSubstr("broadcasts"));
}

TEST_F(DeviceRulesTest, Constants) {
  const TensorId full = g_.Constant("full", {1, 20, 20, 4});
  const TensorId row = g_.Constant("row", {4});
  g_.Add("second", OpKind::kAdd, {x_, full});
  EXPECT_THAT(Why(), IsEmpty());
  g_.Add("first", OpKind::kDiv, {full, x_});
  EXPECT_THAT(Why(), IsEmpty());
  g_.Add("folds", OpKind::kSub, {row, x_});
  EXPECT_THAT(Why(), IsEmpty());
  g_.Add("limits", OpKind::kMax, {x_, row});
  EXPECT_THAT(Why(), IsEmpty());
  g_.Add("swapped", OpKind::kMin, {g_.Input("pixel", {1, 1, 1, 4}), full});
  EXPECT_THAT(Why(), IsEmpty());
  g_.Add("joined", OpKind::kConcat, {x_, full}, ConcatAttributes{1});
  EXPECT_THAT(Why(), IsEmpty());
  g_.Add("spread", OpKind::kDiv, {row, x_});
  EXPECT_THAT(Why(), HasSubstr("broadcasts 4 and 1x20x20x4"));
  g_.Add("rows", OpKind::kAdd, {x_, g_.Constant("rows_k", {1, 20, 1, 4})});
  EXPECT_THAT(Why(), HasSubstr("broadcasts"));
}

TEST_F(DeviceRulesTest, ConstantsThatInt8DoesNotHold) {
  const auto with = [&](OpKind kind, float value) {
    g_.Add("y", kind, {x_, g_.Constant("k", {4}, {1, 2, value, 4})});
    return Why();
  };
  EXPECT_THAT(with(OpKind::kAdd, std::numeric_limits<float>::infinity()), HasSubstr("infinities"));
  EXPECT_THAT(with(OpKind::kMax, std::nanf("")), HasSubstr("NaN"));
  EXPECT_THAT(with(OpKind::kDiv, 0), HasSubstr("divides by zero"));
  EXPECT_THAT(with(OpKind::kMul, 0), IsEmpty());
}

TEST_F(DeviceRulesTest, Concats) {
  const auto along = [&](Shape a, int64_t axis) {
    const TensorId x = g_.Input("part", std::move(a));
    g_.Add("joined", OpKind::kConcat, {x, x}, ConcatAttributes{axis});
    return Why();
  };
  for (int64_t axis = 1; axis < 4; ++axis) EXPECT_THAT(along({1, 2, 3, 4}, axis), IsEmpty());
  EXPECT_THAT(along({1, 2, 3, 4}, 0), HasSubstr("no boxes"));
  EXPECT_THAT(along({3}, 0), IsEmpty());
  for (const int64_t axis : {0, 1}) EXPECT_THAT(along({2, 3}, axis), IsEmpty());
  for (const int64_t axis : {0, 2}) EXPECT_THAT(along({2, 3, 4}, axis), IsEmpty());
  EXPECT_THAT(along({2, 3, 4}, 1), HasSubstr("no boxes"));
}

TEST_F(DeviceRulesTest, ConstantsAlone) {
  const TensorId k = g_.Constant("k", {1, 2, 2, 4});
  g_.Add("sum", OpKind::kAdd, {k, k});
  EXPECT_THAT(Why(), HasSubstr("all its operands are constants"));
  g_.Add("function", OpKind::kUnary, {k}, UnaryAttributes{});
  EXPECT_THAT(Why(), HasSubstr("all its operands are constants"));
}

TEST_F(DeviceRulesTest, DataMovement) {
  g_.Add("reshape", OpKind::kReshape, {x_}, {}, {1, 400, 4});
  EXPECT_THAT(Why(), IsEmpty());
  g_.Add("mixes", OpKind::kReshape, {x_}, {}, {1, 1600});
  EXPECT_THAT(Why(), IsEmpty());
  g_.Add("transpose", OpKind::kTranspose, {x_}, TransposeAttributes{{0, 3, 1, 2}});
  EXPECT_THAT(Why(), IsEmpty());
  // 700 KiB each where both have to fit seven eighths of 1 MiB.
  const TensorId large = g_.Input("large", {1, 100, 112, 64});
  g_.Add("too large", OpKind::kTranspose, {large}, TransposeAttributes{{0, 3, 1, 2}});
  EXPECT_THAT(Why(), HasSubstr("moves elements within L1"));
  g_.Add("in order", OpKind::kTranspose, {large}, TransposeAttributes{{1, 0, 2, 3}});
  EXPECT_THAT(Why(), IsEmpty());
  g_.Add("turned", OpKind::kGather, {x_}, GatherAttributes{1, {3, 2, 1, 0}});
  EXPECT_THAT(Why(), IsEmpty());
  g_.Add("concat", OpKind::kConcat, {x_, x_}, ConcatAttributes{1});
  EXPECT_THAT(Why(), IsEmpty());
}

TEST_F(DeviceRulesTest, AcrossChannels) {
  g_.Add("softmax", OpKind::kSoftmax, {x_}, SoftmaxAttributes{3});
  EXPECT_THAT(Why(), IsEmpty());
  g_.Add("rows", OpKind::kSoftmax, {x_}, SoftmaxAttributes{1});
  EXPECT_THAT(Why(), HasSubstr("along axis 1"));
  const TensorId four = g_.Constant("four", {4});
  g_.Add("norm", OpKind::kLayerNorm, {x_, four, four}, LayerNormAttributes{1e-5});
  EXPECT_THAT(Why(), IsEmpty());
  g_.Add("dynamic", OpKind::kLayerNorm, {x_, g_.Input("gamma", {4}), four},
         LayerNormAttributes{1e-5});
  EXPECT_THAT(Why(), HasSubstr("scale and shift are computed"));
  g_.Add("index", OpKind::kArgMax, {x_}, ArgMaxAttributes{3});
  EXPECT_THAT(Why(), IsEmpty());
  g_.Add("many", OpKind::kArgMax, {g_.Input("many_x", {1, 2, 2, 257})}, ArgMaxAttributes{3});
  EXPECT_THAT(Why(), HasSubstr("257 channels"));
}

class MatMulRulesTest : public DeviceRulesTest {
 protected:
  std::string WhyProduct(TensorId a, TensorId b, bool transpose_b = true) {
    g_.Add("product", OpKind::kMatMul, {a, b}, MatMulAttributes{transpose_b});
    return Why();
  }
  TensorId Rounded(TensorId x, int32_t zero_point) {
    return g_.Add("rounded", OpKind::kFakeQuantize, {x}, QuantizeAttributes{{0.5F}, {zero_point}});
  }
  TensorId q_ = g_.Input("q", {12, 7, 64});
  TensorId k_ = g_.Input("k", {12, 9, 64});
};

TEST_F(MatMulRulesTest, MatricesOfTheSameNumberOrOneForAll) {
  EXPECT_THAT(WhyProduct(q_, k_), IsEmpty());
  EXPECT_THAT(WhyProduct(q_, g_.Input("one", {1, 9, 64})), IsEmpty());
  EXPECT_THAT(WhyProduct(g_.Input("row", {1, 7, 64}), k_), HasSubstr("broadcasts the matrices"));
  EXPECT_THAT(WhyProduct(q_, g_.Input("columns", {12, 64, 9}), false), HasSubstr("row by row"));
  EXPECT_THAT(WhyProduct(q_, g_.Constant("w", {12, 9, 64})), HasSubstr("constant"));
}

TEST_F(MatMulRulesTest, ProductsPerOutputAreLimitedByTheArray) {
  EXPECT_THAT(WhyProduct(g_.Input("a", {1, 16384}), g_.Input("b", {3, 16384})), IsEmpty());
  EXPECT_THAT(WhyProduct(g_.Input("c", {1, 16385}), g_.Input("d", {3, 16385})),
              HasSubstr("512 array rows"));
}

// Only scales that a model brings are a reason: others are chosen to fit.
TEST_F(MatMulRulesTest, TheSecondOperandIsSymmetric) {
  EXPECT_THAT(WhyProduct(Rounded(q_, 3), k_), IsEmpty());
  EXPECT_THAT(WhyProduct(q_, Rounded(k_, 0)), IsEmpty());
  const TensorId rounded = Rounded(g_.Input("k3", {1, 108, 64}), 3);
  const TensorId seen = g_.Add("seen", OpKind::kReshape, {rounded}, {}, {12, 9, 64});
  EXPECT_THAT(WhyProduct(q_, seen), HasSubstr("zero point"));
}

// An input takes the scale of the rounding that another operator reads it through.
TEST_F(MatMulRulesTest, RoundingsOfOthersCountToo) {
  EXPECT_THAT(WhyProduct(q_, k_), IsEmpty());
  Rounded(k_, 3);
  EXPECT_THAT(WhyProduct(q_, k_), HasSubstr("zero point"));
}

TEST_F(MatMulRulesTest, IndicesAreNotSymmetric) {
  const TensorId index = g_.Add("index", OpKind::kArgMax, {k_}, ArgMaxAttributes{2});
  EXPECT_THAT(WhyProduct(g_.Input("ones", {12, 7, 1}), index), HasSubstr("index"));
}

TEST_F(DeviceRulesTest, Reductions) {
  using Kind = ReduceAttributes::Kind;
  const auto why = [&](Kind kind, int64_t begin, int64_t end) {
    g_.Add("r", OpKind::kReduce, {x_}, ReduceAttributes{kind, begin, end});
    return Why();
  };
  for (const Kind kind : {Kind::kMean, Kind::kSum, Kind::kMax, Kind::kMin})
    EXPECT_THAT(why(kind, 3, 4), IsEmpty());
  EXPECT_THAT(why(Kind::kMax, 1, 2), HasSubstr("reduces axes 1 to 1"));
  EXPECT_THAT(why(Kind::kMean, 1, 4), HasSubstr("reduces axes 1 to 3"));
  EXPECT_THAT(why(Kind::kProduct, 3, 4), HasSubstr("multiplies"));
}

TEST_F(DeviceRulesTest, PairsOfTensors) {
  for (const OpKind kind : {OpKind::kDiv, OpKind::kMax, OpKind::kMin}) {
    g_.Add("pair", kind, {x_, x_});
    EXPECT_THAT(Why(), IsEmpty());
  }
}

TEST_F(DeviceRulesTest, Shapes) {
  g_.Unary("wide", g_.Input("w", {1, 1, 65536, 1}), {UnaryKind::kRelu});
  EXPECT_THAT(Why(), HasSubstr("65535 is the limit"));
  g_.Unary("batch", g_.Input("b", {2, 3, 3, 1}), {UnaryKind::kRelu});
  EXPECT_THAT(Why(), IsEmpty());
  EXPECT_THAT(WhyPool(OpKind::kMaxPool, {2, 3, 3, 1}, {.kernel_h = 2, .kernel_w = 2}),
              HasSubstr("batch of 2"));
  g_.Unary("five", g_.Input("f", {1, 2, 3, 3, 1}), {UnaryKind::kRelu});
  EXPECT_THAT(Why(), IsEmpty());
}

}  // namespace
}  // namespace imcc
