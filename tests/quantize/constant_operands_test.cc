// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Constants that are read as tensors: their grid, their values, and what becomes of the nodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/check.h"
#include "ir/small_graph.h"
#include "quantize/quantize.h"
#include "reference/float_executor.h"
#include "reference/integer_executor.h"

namespace imcc {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

TEST(GridOfConstant, FromTheSmallestToTheLargestValue) {
  const Quantization grid = GridOfConstant({.constant = {-1, 0.5F, 1.55F}});
  EXPECT_FLOAT_EQ(grid.scale[0], 0.01F);
  EXPECT_EQ(grid.zero_point[0], -28);
  EXPECT_EQ(GridOfConstant({.constant = {2, 3}}).zero_point[0], -128);  // Zero is on the grid.
}

TEST(GridOfConstant, TheOneItCameOn) {
  const auto grid = [](std::vector<float> values) {
    return GridOfConstant({.constant = std::move(values), .weight_scales = {0.5F}});
  };
  EXPECT_EQ(grid({-64, 63.5F}), (Quantization{{0.5F}, {0}}));    // -128 to 127.
  EXPECT_EQ(grid({0, 127.5F}), (Quantization{{0.5F}, {-128}}));  // 0 to 255 steps.
  EXPECT_EQ(grid({-100, 0}), (Quantization{{0.5F}, {72}}));      // -200 steps are at -128.
  EXPECT_EQ(grid({70, 80}), (Quantization{{0.5F}, {-33}}));      // 160 steps are at 127.
  EXPECT_EQ(grid({0, 200}).zero_point[0], -128);                 // 400 steps fit no int8 ...
  EXPECT_FLOAT_EQ(grid({0, 200}).scale[0], 200.0F / 255);        // ... so it was computed with.
}

/// y = x OP k or k OP x on 1x2x2x3, where x lies in [-1, 1.55] and y in `range`.
struct Pair {
  SmallGraph g;
  TensorId x, k;
  QuantizedGraph quantized;

  Pair(OpKind kind, size_t index, Shape shape, Interval<float> range,
       std::vector<float> values = {}) {
    x = g.Input("x", {1, 2, 2, 3});
    k = g.Constant("k", std::move(shape), std::move(values));
    std::vector<TensorId> inputs = {x};
    inputs.insert(inputs.begin() + static_cast<std::ptrdiff_t>(index), k);
    const TensorId y = kind == OpKind::kConcat ? g.Add("y", kind, inputs, ConcatAttributes{1})
                                               : g.Add("y", kind, inputs);
    g.Output(y);
    Calibration calibration = WithoutCalibration(g.graph);
    calibration.ranges[x.index()] = {.min = -1, .max = 1.55F};
    calibration.ranges[y.index()] = {.min = range.begin, .max = range.end};
    auto result = Quantize(g.graph, calibration);
    IMCC_CHECK(result.ok(), result.error().Format());
    quantized = std::move(*result);
    IMCC_CHECK(Verify(quantized).ok(), Verify(quantized).error().Format());
  }

  const QTensor& Operand(size_t i) const { return quantized.tensor(quantized.nodes[0].inputs[i]); }

  /// The largest error over inputs that are on the grid, in steps of y.
  double LargestError() const {
    Int8Values q;
    for (int i = 0; i < 12; ++i) q.push_back(static_cast<int8_t>(i * 23 % 256 - 128));
    const auto expected =
        FloatExecutor::Create(g.graph)->Run({DequantizeValues(q, quantized.tensor(QTensorId(0)))});
    const QTensor& y = quantized.tensor(quantized.outputs[0]);
    const auto got = DequantizeValues(ExecuteInteger(quantized, {q})->at(0), y);
    double largest = 0;
    for (size_t i = 0; i < got.size(); ++i)
      largest = std::max(largest, std::abs(double(got[i]) - double(expected->at(0)[i])));
    return largest / double(y.quantization.scale[0]);
  }
};

TEST(QuantizeConstant, FullShapeOnEitherSide) {
  // Half a step for the sum; the constant's own half step is up to as much again.
  for (const OpKind kind : {OpKind::kAdd, OpKind::kSub, OpKind::kMul})
    for (const size_t index : {0, 1}) {
      const Pair pair(kind, index, {1, 2, 2, 3}, {-4, 4});
      EXPECT_EQ(pair.Operand(index).name, "k");
      EXPECT_TRUE(pair.Operand(index).is_constant());
      EXPECT_LT(pair.LargestError(), 1) << static_cast<int>(kind) << " " << index;
    }
}

TEST(QuantizeConstant, TheOrderOfADivisionStays) {
  const std::vector<float> two(12, 2);  // On its grid: 2 is 255 steps from zero.
  const Pair divided(OpKind::kDiv, 1, {1, 2, 2, 3}, {-1, 1}, two);
  EXPECT_LT(divided.LargestError(), 0.51);
  const Pair divides(OpKind::kDiv, 0, {1, 2, 2, 3}, {-200, 200}, two);  // 2 / 0.01 at the most.
  EXPECT_TRUE(divides.Operand(0).is_constant());
  const auto y = ExecuteInteger(divides.quantized, {Int8Values(12, 72)});  // 2 / 1 = 1.275 steps.
  EXPECT_THAT(DequantizeValues(y->at(0), divides.quantized.tensor(divides.quantized.outputs[0])),
              Each(400.0F / 255));
}

TEST(QuantizeConstant, LimitsLieOnTheGridOfTheResult) {
  for (const OpKind kind : {OpKind::kMax, OpKind::kMin}) {
    const Pair pair(kind, 1, {3}, {-1, 1.55F}, {-0.5F, 0.25F, 9});
    EXPECT_EQ(pair.Operand(1).quantization,
              pair.quantized.tensor(pair.quantized.outputs[0]).quantization);
    EXPECT_EQ(pair.Operand(1).constant, (Int8Values{-78, -3, 127}));
    EXPECT_TRUE(std::get<QElementwise>(pair.quantized.nodes[0].operation).broadcast_b);
  }
  EXPECT_LT(Pair(OpKind::kMin, 1, {3}, {-1, 1.55F}, {-0.5F, 0.25F, 9}).LargestError(), 0.51);
}

TEST(QuantizeConstant, PartsOfAConcatLieOnTheGridOfTheResult) {
  const Pair pair(OpKind::kConcat, 0, {1, 1, 2, 3}, {-2, 2});
  const auto& concat = std::get<QConcat>(pair.quantized.nodes[0].operation);
  for (int q = -128; q < 128; ++q)
    EXPECT_EQ(concat.tables[0].table[static_cast<size_t>(q + 128)], q);
  EXPECT_LT(pair.LargestError(), 0.51);
}

TEST(QuantizeConstant, OneValueAChannelNeedsNoTensor) {
  for (const OpKind kind : {OpKind::kAdd, OpKind::kSub, OpKind::kMul}) {
    const Pair pair(kind, 1, {3}, {-4, 4});
    EXPECT_TRUE(std::holds_alternative<QConv>(pair.quantized.nodes[0].operation));
    EXPECT_EQ(pair.quantized.tensors.size(), 2U);
    EXPECT_LT(pair.LargestError(), 0.6);
  }
}

TEST(QuantizeConstant, TheModelsIntegersStay) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 1, 2, 2});
  const TensorId k = g.Constant("k", {1, 1, 2, 2}, {-1.5F, 0, 30, 31.75F});
  g.graph.tensor(k).weight_scales = {0.25F};
  const TensorId y = g.Add("y", OpKind::kAdd, {x, k});
  g.Output(y);
  Calibration calibration = WithoutCalibration(g.graph);
  calibration.ranges[x.index()] = calibration.ranges[y.index()] = {.min = -40, .max = 40};
  const auto quantized = Quantize(g.graph, calibration);
  ASSERT_TRUE(quantized.ok());
  EXPECT_THAT(quantized->tensor(quantized->nodes[0].inputs[1]).constant,
              ElementsAre(-6, 0, 120, 127));
}

TEST(QuantizeConstant, OneTensorAGrid) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 2, 2, 3});
  const TensorId k = g.Constant("k", {1, 2, 2, 3});
  const TensorId sum = g.Add("sum", OpKind::kAdd, {x, k});
  const TensorId copy = g.Constant("copy", {1, 2, 2, 3});  // Of the same values.
  const TensorId product = g.Add("product", OpKind::kMul, {sum, copy});
  const TensorId joined = g.Add("joined", OpKind::kConcat, {product, k}, ConcatAttributes{3});
  g.Output(joined);
  Calibration calibration = WithoutCalibration(g.graph);
  for (const TensorId id : {x, sum, product, joined})
    calibration.ranges[id.index()] = {.min = -4, .max = 4};
  const auto quantized = Quantize(g.graph, calibration);
  ASSERT_TRUE(quantized.ok());
  ASSERT_TRUE(Verify(*quantized).ok());
  std::vector<std::string> names;
  for (const QTensor& tensor : quantized->tensors)
    if (tensor.is_constant()) names.push_back(tensor.name);
  EXPECT_THAT(names, ElementsAre("k", "k_2"));
}

TEST(QuantizeConstant, InfinitiesAreRefused) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 1, 1, 2});
  const float inf = std::numeric_limits<float>::infinity();
  g.Output(g.Add("y", OpKind::kMin, {x, g.Constant("k", {1, 1, 1, 2}, {0, inf})}));
  EXPECT_FALSE(Quantize(g.graph, WithoutCalibration(g.graph)).ok());
}

}  // namespace
}  // namespace imcc
