// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "reference/integer_executor.h"

#include <gtest/gtest.h>

#include "reference/integer_oracle.h"
#include "support/graph_builder.h"

namespace imcc {
namespace {

using testing::IntegerOracle;

/// A one-node graph on 1x1x1 or 1xWx1 tensors with given quantisations.
QuantizedGraph OneNode(Shape in, Quantization x, Shape out, Quantization y, QOperation operation) {
  QuantizedGraph graph;
  graph.tensors = {{"x", std::move(in), Layout::kChannelsLast, std::move(x)},
                   {"y", std::move(out), Layout::kChannelsLast, std::move(y)}};
  graph.nodes = {{"n", "Op", {QTensorId(0)}, QTensorId(1), std::move(operation)}};
  graph.inputs = {QTensorId(0)};
  graph.outputs = {QTensorId(1)};
  return graph;
}

Int8Values RunOne(const QuantizedGraph& graph, const Int8Values& x, KernelSet kernels) {
  auto result = ExecuteInteger(graph, {x}, {.kernels = kernels});
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().Format());
  return result.ok() ? result->at(0) : Int8Values{};
}

// Three taps 1, 2, 3 over x - 10 = {2, 4, 6}, padded by zeros, bias 1, halved, around 5:
// (0 + 4 + 12 + 1) / 2 = 8.5 -> 8; (2 + 8 + 18 + 1) / 2 = 14.5 -> 14; (4 + 12 + 0 + 1) / 2 = 8.5.
TEST(IntegerExecutor, ConvolutionByHand) {
  QConv conv{.window = {.kernel_w = 3, .padding = {.left = 1, .right = 1}},
             .in_channels = 1,
             .out_channels = 1,
             .weights = {1, 2, 3},
             .weight_scales = {0.5F},
             .bias = {1},
             .requantizers = {MakeRequantizer(0.5F)}};
  const QuantizedGraph graph =
      OneNode({1, 1, 3, 1}, {{1.0F}, {10}}, {1, 1, 3, 1}, {{1.0F}, {5}}, conv);
  for (const KernelSet set : {KernelSet::kScalar, BestKernelSet()})
    EXPECT_EQ(RunOne(graph, {12, 14, 16}, set), (Int8Values{8 + 5, 14 + 5, 8 + 5}));
}

// The mean of {1, 2} is 1.5, rounded to even once; at the border only {3} counts.
TEST(IntegerExecutor, AveragePoolCountsAtTheBorder) {
  QPool pool{.kind = QPool::Kind::kAverage,
             .window = {.kernel_w = 2, .stride_w = 2, .padding = {.right = 1}}};
  const Quantization q{{1.0F}, {0}};
  EXPECT_EQ(RunOne(OneNode({1, 1, 3, 1}, q, {1, 1, 2, 1}, q, pool), {1, 2, 3}, BestKernelSet()),
            (Int8Values{2, 3}));
  pool.count_include_pad = true;
  EXPECT_EQ(RunOne(OneNode({1, 1, 3, 1}, q, {1, 1, 2, 1}, q, pool), {1, 2, 3}, BestKernelSet()),
            (Int8Values{2, 2}));
}

TEST(IntegerExecutor, MaxPoolIgnoresPadding) {
  const QPool pool{.window = {.kernel_w = 3, .padding = {.left = 1, .right = 1}}};
  const Quantization q{{1.0F}, {100}};
  EXPECT_EQ(RunOne(OneNode({1, 1, 3, 1}, q, {1, 1, 3, 1}, q, pool), {-9, -8, -7}, BestKernelSet()),
            (Int8Values{-8, -7, -7}));
}

TEST(IntegerExecutor, DepthwiseWithZeroPointsPerChannel) {
  QConv conv{.window = {.kernel_w = 2, .padding = {.right = 1}},
             .groups = 2,
             .in_channels = 2,
             .out_channels = 2,
             .weights = {1, 1, 2, 2},
             .weight_scales = {1, 1},
             .bias = {0, 0},
             .requantizers = {MakeRequantizer(1), MakeRequantizer(1)}};
  const QuantizedGraph graph =
      OneNode({1, 1, 2, 2}, {{1.0F, 2.0F}, {10, -20}}, {1, 1, 2, 2}, {{1.0F}, {0}}, conv);
  // Channel 0: x - 10 = {1, 2}; channel 1: x + 20 = {3, 4}, doubled.
  EXPECT_EQ(RunOne(graph, {11, -17, 12, -16}, BestKernelSet()), (Int8Values{3, 14, 2, 8}));
}

// a - 10 = {1 2 3; -1 0 4} times the rows {1 0 -2} and {3 5 -1} of b: {-5 10; -9 -7}, halved with
// ties to even, around 3: {-2 5; -4 -4} + 3, and clamped to at most 7.
TEST(IntegerExecutor, MatMulByHand) {
  QuantizedGraph graph;
  graph.tensors = {{"a", {2, 3}, Layout::kPlain, {{1.0F}, {10}}},
                   {"b", {2, 3}, Layout::kPlain, {{1.0F}, {0}}},
                   {"y", {2, 2}, Layout::kPlain, {{2.0F}, {3}}}};
  graph.nodes = {{"n",
                  "MatMul",
                  {QTensorId(0), QTensorId(1)},
                  QTensorId(2),
                  QMatMul{.requantizer = MakeRequantizer(0.5F), .clamp = {-128, 7}}}};
  graph.inputs = {QTensorId(0), QTensorId(1)};
  graph.outputs = {QTensorId(2)};
  const std::vector<Int8Values> inputs = {{11, 12, 13, 9, 10, 14}, {1, 0, -2, 3, 5, -1}};
  for (const KernelSet set : {KernelSet::kScalar, BestKernelSet()}) {
    const auto result = ExecuteInteger(graph, inputs, {.kernels = set});
    ASSERT_TRUE(result.ok()) << result.error().Format();
    EXPECT_EQ(result->at(0), (Int8Values{1, 7, -1, -1}));
  }
}

// Matrices of several rows, one of them for all or one each.
TEST(IntegerExecutor, MatMulsOfManyMatricesEqualTheOracle) {
  for (const int64_t matrices : {1, 3}) {
    testing::GraphBuilder builder(static_cast<uint64_t>(matrices));
    const QTensorId a = builder.Input(3, 5, 70);
    const QTensorId b = builder.Symmetric(builder.Input(matrices, 9, 70));
    const QuantizedGraph graph = builder.Build({builder.MatMul(a, b)});
    ASSERT_TRUE(Verify(graph).ok()) << Verify(graph).error().Format();
    const auto inputs = testing::RandomInputs(graph, 1);
    const auto actual = ExecuteInteger(graph, inputs);
    ASSERT_TRUE(actual.ok());
    EXPECT_EQ(*actual, IntegerOracle(graph).Run(inputs));
  }
}

TEST(IntegerExecutor, EqualsTheOracleOnRandomGraphs) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    const QuantizedGraph graph = testing::RandomGraph(seed, 8, 14);
    ASSERT_TRUE(Verify(graph).ok()) << seed << "\n" << Verify(graph).error().Format();
    const std::vector<Int8Values> inputs = testing::RandomInputs(graph, seed);
    const std::vector<Int8Values> expected = IntegerOracle(graph).Run(inputs);
    for (const KernelSet set : {KernelSet::kScalar, KernelSet::kAvx2, KernelSet::kAvx512Vnni}) {
      if (set > BestKernelSet()) continue;
      const auto actual = ExecuteInteger(graph, inputs, {.kernels = set});
      ASSERT_TRUE(actual.ok()) << actual.error().Format();
      ASSERT_EQ(*actual, expected) << "seed " << seed << " " << Name(set) << "\n" << Dump(graph);
    }
  }
}

TEST(IntegerExecutor, ObservesOnceWhatIsComputed) {
  const QuantizedGraph graph = testing::RandomGraph(5, 6, 10);
  std::vector<int> seen(graph.tensors.size());
  const IntegerExecutorOptions options{.observe = [&](QTensorId id, const Int8Values& values) {
    ++seen[id.index()];
    EXPECT_EQ(static_cast<int64_t>(values.size()), graph.tensor(id).shape.elements());
  }};
  ASSERT_TRUE(ExecuteInteger(graph, testing::RandomInputs(graph, 1), options).ok());
  for (size_t i = 0; i < seen.size(); ++i)
    EXPECT_EQ(seen[i], graph.tensors[i].is_constant() ? 0 : 1) << i;
}

TEST(IntegerExecutor, RefusesInputsThatDoNotFit) {
  const QuantizedGraph graph = testing::RandomGraph(3, 4, 10);
  EXPECT_FALSE(ExecuteInteger(graph, {}).ok());
  std::vector<Int8Values> inputs = testing::RandomInputs(graph, 1);
  inputs[0].pop_back();
  EXPECT_FALSE(ExecuteInteger(graph, inputs).ok());
}

}  // namespace
}  // namespace imcc
