// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/quantize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "quantize/float_graphs.h"
#include "reference/float_executor.h"
#include "reference/integer_executor.h"

namespace imcc {
namespace {

using ::testing::HasSubstr;

Calibration CalibrateRandomly(const Graph& graph) {
  auto calibration = Calibrate(graph,
                               [&](int64_t index) -> Result<std::vector<std::vector<float>>> {
                                 return testing::RandomSample(graph, static_cast<unsigned>(index));
                               },
                               16, {.scheme = QuantizationScheme::kPerTensorMinMax});
  IMCC_CHECK(calibration.ok(), calibration.error().Format());
  return *calibration;
}

/// Signal to quantisation noise of every output over a few samples, in dB.
double SignalToNoise(const Graph& graph, const QuantizedGraph& quantized, size_t output) {
  auto executor = FloatExecutor::Create(graph, 1);
  double signal = 0;
  double noise = 0;
  for (unsigned seed = 100; seed < 105; ++seed) {
    const auto sample = testing::RandomSample(graph, seed);
    const std::vector<float> expected = executor->Run(sample)->at(output);
    const auto result = ExecuteInteger(
        quantized, {QuantizeValues(sample[0], quantized.tensor(quantized.inputs[0]))});
    const std::vector<float> actual =
        DequantizeValues(result->at(output), quantized.tensor(quantized.outputs[output]));
    for (size_t i = 0; i < expected.size(); ++i) {
      const double error = double(expected[i]) - double(actual[i]);
      signal += double(expected[i]) * double(expected[i]);
      noise += error * error;
    }
  }
  return 10 * std::log10(signal / noise);
}

TEST(Quantize, EveryOperationComesCloseToTheFloatGraph) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const Graph graph = testing::EveryOperation(seed);
    const auto quantized = Quantize(graph, CalibrateRandomly(graph));
    ASSERT_TRUE(quantized.ok()) << quantized.error().Format();
    ASSERT_TRUE(Verify(*quantized).ok()) << Verify(*quantized).error().Format();
    // Eight bits give about 40 dB a layer; a wrong scale, sign or zero point gives next to none.
    EXPECT_GT(SignalToNoise(graph, *quantized, 0), 15) << seed;
    EXPECT_GT(SignalToNoise(graph, *quantized, 1), 20) << seed;
  }
}

TEST(Quantize, MovementKeepsTheQuantisationOfItsInput) {
  const Graph graph = testing::EveryOperation(1);
  const auto quantized = Quantize(graph, CalibrateRandomly(graph));
  ASSERT_TRUE(quantized.ok());
  int kept = 0;
  for (const QNode& node : quantized->nodes) {
    const bool keeps = std::holds_alternative<QPad>(node.operation) ||
                       std::holds_alternative<QResize>(node.operation) ||
                       std::holds_alternative<QReshape>(node.operation);
    if (!keeps) continue;
    ++kept;
    EXPECT_EQ(quantized->tensor(node.output).quantization,
              quantized->tensor(node.inputs[0]).quantization);
  }
  EXPECT_EQ(kept, 3);
}

TEST(Quantize, ConstantsDisappearIntoOperations) {
  const Graph graph = testing::EveryOperation(1);
  const auto quantized = Quantize(graph, CalibrateRandomly(graph));
  ASSERT_TRUE(quantized.ok());
  size_t constants = 0;
  for (const Tensor& tensor : graph.tensors) constants += tensor.is_constant() ? 1 : 0;
  EXPECT_EQ(quantized->tensors.size(), SplitActivations(graph).tensors.size() - constants);
}

TEST(Quantize, ConstantMinusTensor) {
  testing::FloatGraphs builder(1);
  const TensorId x = builder.Input({1, 2, 2, 3});
  const TensorId c = builder.Constant({3}, 4);
  const Graph graph = builder.Build({builder.Node(OpKind::kSub, {c, x})});
  const auto quantized = Quantize(graph, CalibrateRandomly(graph));
  ASSERT_TRUE(quantized.ok()) << quantized.error().Format();
  EXPECT_GT(SignalToNoise(graph, *quantized, 0), 35);
}

TEST(Quantize, RefusesWeightsThatAreNotNumbers) {
  testing::FloatGraphs builder(1);
  const TensorId x = builder.Input({1, 2, 2, 3});
  Graph graph = builder.Build({builder.Conv(x, 2, {}, 1)});
  const Calibration calibration = CalibrateRandomly(graph);
  graph.tensor(graph.nodes[0].inputs[1]).constant[0] = std::nanf("");
  const auto quantized = Quantize(graph, calibration);
  ASSERT_FALSE(quantized.ok());
  EXPECT_THAT(quantized.error().Format(), HasSubstr("NaN"));
}

/// Functions of all channels, and pairs that were the host's once: close to float, node by node.
TEST(Quantize, AcrossChannelsAndPairs) {
  using Kind = ReduceAttributes::Kind;
  testing::FloatGraphs builder(5);
  const TensorId x = builder.Input({1, 6, 7, 24});
  const TensorId a = builder.Conv(x, 24, {}, 1);
  const TensorId b = builder.Conv(x, 24, {}, 1, {.kind = UnaryKind::kSigmoid});
  const auto reduce = [&](Kind kind, int64_t begin, int64_t end) {
    return builder.Node(OpKind::kReduce, {a}, ReduceAttributes{kind, begin, end});
  };
  const TensorId gamma = builder.Constant({24}, 1);
  const TensorId beta = builder.Constant({24}, 1);
  const Graph graph =
      builder.Build({builder.Node(OpKind::kSoftmax, {a}, SoftmaxAttributes{3}),
                     builder.Node(OpKind::kLayerNorm, {a, gamma, beta}, LayerNormAttributes{1e-5}),
                     builder.Node(OpKind::kDiv, {a, b}), builder.Node(OpKind::kMax, {a, b}),
                     builder.Node(OpKind::kMin, {a, b}), reduce(Kind::kMean, 3, 4),
                     reduce(Kind::kSum, 3, 4), reduce(Kind::kMax, 3, 4), reduce(Kind::kMin, 3, 4)});
  const auto quantized = Quantize(graph, CalibrateRandomly(graph));
  ASSERT_TRUE(quantized.ok()) << quantized.error().Format();
  ASSERT_TRUE(Verify(*quantized).ok());
  for (size_t i = 0; i < graph.outputs.size(); ++i)
    EXPECT_GT(SignalToNoise(graph, *quantized, i), 22) << graph.tensor(graph.outputs[i]).name;
}

// The scale is chosen where the values come from: before the pooling, of a tensor that others read
// too. What is multiplied with it keeps its zero point.
TEST(Quantize, SecondOperandsOfProductsAreSymmetric) {
  testing::FloatGraphs builder(3);
  const UnaryFunction relu{.kind = UnaryKind::kRelu};
  const TensorId x = builder.Input({1, 6, 8, 24});
  const TensorId keys = builder.Conv(x, 16, {}, 1, relu);
  const TensorId pooled =
      builder.Node(OpKind::kMaxPool, {keys}, PoolAttributes{Window{.kernel_w = 2, .stride_w = 2}});
  const TensorId queries = builder.Conv(x, 16, {}, 1, relu);
  const TensorId product =
      builder.Node(OpKind::kMatMul, {queries, pooled}, MatMulAttributes{.transpose_b = true}, relu);
  const Graph graph = builder.Build({product, keys});
  const auto quantized = Quantize(graph, CalibrateRandomly(graph));
  ASSERT_TRUE(quantized.ok()) << quantized.error().Format();
  ASSERT_TRUE(Verify(*quantized).ok()) << Verify(*quantized).error().Format();
  const auto zero_of = [&](TensorId id) {
    for (const QTensor& tensor : quantized->tensors)
      if (tensor.name == graph.tensor(id).name) return tensor.quantization.zero_point[0];
    return INT32_MAX;
  };
  EXPECT_EQ(zero_of(keys), 0);
  EXPECT_EQ(zero_of(pooled), 0);
  EXPECT_EQ(zero_of(queries), -128);  // Nothing below zero.
  EXPECT_GT(SignalToNoise(graph, *quantized, 0), 30);
}

TEST(Quantize, RefusesSecondOperandsThatAreNotSymmetric) {
  testing::FloatGraphs builder(1);
  const TensorId a = builder.Input({1, 2, 2, 3});
  const TensorId b = builder.Input({1, 2, 4, 3});
  const Graph graph =
      builder.Build({builder.Node(OpKind::kMatMul, {a, b}, MatMulAttributes{.transpose_b = true})});
  Calibration calibration = CalibrateRandomly(graph);
  calibration.given.resize(graph.tensors.size());
  calibration.given[b.index()] = Quantization{{0.5F}, {1}};
  const auto quantized = Quantize(graph, calibration);
  ASSERT_FALSE(quantized.ok());
  EXPECT_THAT(quantized.error().Format(), HasSubstr("zero point"));
}

TEST(Quantize, RefusesScalesOfANormalizationThatAreNotNumbers) {
  testing::FloatGraphs builder(1);
  const TensorId x = builder.Input({1, 2, 2, 3});
  const TensorId gamma = builder.Constant({3}, 1);
  Graph graph = builder.Build(
      {builder.Node(OpKind::kLayerNorm, {x, gamma, gamma}, LayerNormAttributes{1e-5})});
  const Calibration calibration = CalibrateRandomly(graph);
  graph.tensor(gamma).constant[1] = std::numeric_limits<float>::infinity();
  const auto quantized = Quantize(graph, calibration);
  ASSERT_FALSE(quantized.ok());
  EXPECT_THAT(quantized.error().Format(), HasSubstr("NaN"));
}

TEST(Quantize, RefusesWhatTheDeviceCannotDo) {
  testing::FloatGraphs builder(1);
  const TensorId x = builder.Input({1, 2, 2, 3});
  const Graph graph =
      builder.Build({builder.Node(OpKind::kSoftmax, {x}, SoftmaxAttributes{.axis = 1})});
  EXPECT_FALSE(Quantize(graph, CalibrateRandomly(graph)).ok());
  EXPECT_FALSE(Quantize(graph, Calibration{}).ok());
}

}  // namespace
}  // namespace imcc
