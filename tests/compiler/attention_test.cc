// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Attention from the float graph to the ELF: both products of activations run on the array, the
// simulator equals the reference executor in every bit, and that comes close to float.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "compiler/compile.h"
#include "ir/small_graph.h"
#include "partition/partition.h"
#include "quantize/float_graphs.h"
#include "reference/float_executor.h"
#include "reference/integer_executor.h"
#include "simplify/simplify.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

/// softmax(q k') v of several heads, keys and values as networks have them after a Transpose.
Graph Attention(int64_t heads, int64_t tokens, int64_t channels) {
  SmallGraph g;
  g.graph.name = "attention";
  const TensorId q = g.Input("q", {heads, tokens, channels});
  const TensorId k = g.Input("k", {heads, tokens, channels});
  const TensorId v = g.Input("v", {heads, channels, tokens});
  const auto turn = [&](const char* name, TensorId x) {
    return g.Add(name, OpKind::kTranspose, {x}, TransposeAttributes{{0, 2, 1}});
  };
  const TensorId scores =
      g.Add("scores", OpKind::kMatMul, {q, turn("keys", k)}, MatMulAttributes{});
  const TensorId shares = g.Add("shares", OpKind::kSoftmax, {scores}, SoftmaxAttributes{2});
  g.Output(g.Add("mixed", OpKind::kMatMul, {shares, turn("values", v)}, MatMulAttributes{}));
  return g.graph;
}

/// Inputs whose scores are far enough apart for a softmax to tell them apart.
std::vector<FloatValues> Sample(const Graph& graph, int64_t index) {
  std::vector<FloatValues> sample = testing::RandomSample(graph, static_cast<unsigned>(index));
  for (float& value : sample[0]) value *= 0.5F;
  return sample;
}

class AttentionRoad : public ::testing::TestWithParam<std::string> {
 protected:
  void Prepare(Graph graph) {
    PassRunner runner({});
    ASSERT_TRUE(Simplify(graph, runner).ok());
    const Target target = testing::ReadTarget(GetParam());
    auto partition = PartitionGraph(graph, target);
    ASSERT_TRUE(partition.ok());
    EXPECT_TRUE(partition->host_nodes.empty());
    ASSERT_EQ(partition->parts.size(), 1U);
    graph_ = partition->parts[0].graph;
    const auto calibration = Calibrate(
        graph_, [&](int64_t i) -> Result<std::vector<FloatValues>> { return Sample(graph_, i); }, 8,
        {});
    ASSERT_TRUE(calibration.ok());
    auto quantized = Quantize(graph_, *calibration);
    ASSERT_TRUE(quantized.ok()) << quantized.error().Format();
    quantized_ = std::move(*quantized);
    CompileRequest request;
    request.target = target;
    auto compiled = CompileQuantized(quantized_, request, runner);
    ASSERT_TRUE(compiled.ok()) << compiled.error().Format();
    compiled_ = std::move(*compiled);
  }

  std::vector<Int8Values> Frame(int64_t sample) const {
    std::vector<Int8Values> frame;
    const std::vector<FloatValues> values = Sample(graph_, sample);
    for (size_t i = 0; i < values.size(); ++i)
      frame.push_back(QuantizeValues(values[i], quantized_.tensor(quantized_.inputs[i])));
    return frame;
  }

  Graph graph_;
  QuantizedGraph quantized_;
  CompiledProgram compiled_;
};

TEST_P(AttentionRoad, SimulatorEqualsReferenceAndBothAreCloseToFloat) {
  Prepare(Attention(3, 50, 24));
  auto simulator = Simulator::Load(compiled_.elf);
  ASSERT_TRUE(simulator.ok());
  auto executor = FloatExecutor::Create(graph_, 1);
  double signal = 0;
  double noise = 0;
  for (int64_t sample = 100; sample < 104; ++sample) {
    const std::vector<Int8Values> frame = Frame(sample);
    const auto expected = ExecuteInteger(quantized_, frame);
    ASSERT_TRUE(expected.ok());
    FunctionalOptions options{.check = true};
    if (sample > 100) options.random_order = static_cast<uint64_t>(sample);
    const auto outputs = simulator->RunFrame(frame, options);
    ASSERT_TRUE(outputs.ok()) << outputs.error().Format();
    EXPECT_EQ(*outputs, *expected);
    const FloatValues real = executor->Run(Sample(graph_, sample))->at(0);
    const FloatValues got =
        DequantizeValues(expected->at(0), quantized_.tensor(quantized_.outputs[0]));
    for (size_t i = 0; i < real.size(); ++i) {
      const double error = double(real[i]) - double(got[i]);
      signal += double(real[i]) * double(real[i]);
      noise += error * error;
    }
  }
  EXPECT_GT(10 * std::log10(signal / noise), 20);  // Decibels.
}

TEST_P(AttentionRoad, WorkIsCounted) {
  Prepare(Attention(3, 50, 24));
  const Report& report = compiled_.report;
  EXPECT_EQ(report.macs, Macs(2 * 3 * 50 * 50 * 24));
  EXPECT_EQ(report.weight_bytes, Bytes(0));
  EXPECT_GE(report.mvms, Mvms(2 * 3 * 51));  // One more a head takes the zero point off.
  EXPECT_GE(report.cycles, report.lower_bound_cycles);
  for (const LayerReport& layer : report.layers) {
    EXPECT_EQ(layer.engine, layer.op == "MatMul" ? "imc" : "vector");
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, AttentionRoad, ::testing::Values("tiny", "quad512"),
                         [](const auto& suite) { return suite.param; });

/// Shapes that take every path: matrices of rank 2, 3 and 4; one for all; more rows and columns
/// than the array has; rows too long for L1.
struct ProductCase {
  Shape a, b;
};

class ProductShapes : public ::testing::TestWithParam<ProductCase> {};

TEST_P(ProductShapes, SimulatorEqualsReference) {
  const auto& [a, b] = GetParam();
  testing::GraphBuilder builder(static_cast<uint64_t>(a.elements() + b.elements()));
  // Buffers are those of feature maps; a reshape shows them as matrices.
  const auto input = [&](const Shape& shape) {
    const Matrices m = AsMatrices(shape);
    return builder.Input(m.count, m.rows, m.columns);
  };
  const QTensorId x = builder.Reshape(builder.Table(input(a)), a);
  const QTensorId y = builder.Reshape(builder.Symmetric(input(b)), b);
  const QuantizedGraph graph = builder.Build({builder.Table(builder.MatMul(x, y))});
  ASSERT_TRUE(Verify(graph).ok()) << Verify(graph).error().Format();
  const auto inputs = testing::RandomInputs(graph, 1);
  const auto expected = ExecuteInteger(graph, inputs);
  ASSERT_TRUE(expected.ok());
  for (const bool tiled : {false, true}) {
    CompileRequest request;
    request.target = testing::ReadTarget("tiny");
    request.network.options.force_h_tiling = tiled;
    request.network.options.imc_double_buffer = tiled;
    PassRunner runner({});
    const auto compiled = CompileQuantized(graph, request, runner);
    ASSERT_TRUE(compiled.ok()) << compiled.error().Format();
    auto simulator = Simulator::Load(compiled->elf);
    ASSERT_TRUE(simulator.ok());
    const auto outputs = simulator->RunFrame(inputs, {.check = true});
    ASSERT_TRUE(outputs.ok()) << outputs.error().Format();
    EXPECT_EQ(*outputs, *expected) << (tiled ? "tiled" : "whole");
    EXPECT_EQ(compiled->report.planned_ddr_bytes, compiled->report.ddr_bytes);
    EXPECT_EQ(compiled->report.planned_l2_bytes, compiled->report.l2_bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ProductShapes,
    ::testing::Values(ProductCase{{1, 3}, {1, 3}}, ProductCase{{7, 70}, {9, 70}},
                      ProductCase{{3, 7, 70}, {3, 9, 70}}, ProductCase{{3, 7, 70}, {1, 9, 70}},
                      ProductCase{{1, 3, 7, 70}, {1, 3, 9, 70}},
                      ProductCase{{1, 3, 7, 70}, {1, 1, 9, 70}},
                      ProductCase{{1, 3, 7, 70}, {9, 70}}, ProductCase{{4, 300}, {140, 300}},
                      ProductCase{{2, 40, 130}, {2, 131, 130}},
                      ProductCase{{1, 2, 900, 64}, {1, 2, 60, 64}}),
    [](const auto& suite) { return suite.param.a.ToString() + "_" + suite.param.b.ToString(); });

}  // namespace
}  // namespace imcc
