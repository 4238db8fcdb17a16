// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Constants as operands of device operators, from the float graph to the frame: the ELF equals the
// integer reference executor in every bit, whatever the schedule, and that one the float graph.
#include <gtest/gtest.h>

#include <cmath>

#include "compiler/compile.h"
#include "ir/small_graph.h"
#include "reference/float_executor.h"
#include "reference/integer_executor.h"
#include "simplify/simplify.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

std::vector<FloatValues> Sample(const Graph& graph, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<FloatValues> inputs;
  for (const TensorId id : graph.inputs) {
    inputs.emplace_back();
    for (int64_t i = 0; i < graph.tensor(id).shape.elements(); ++i)
      inputs.back().push_back(static_cast<float>(random() % 2001) / 500 - 2);
  }
  return inputs;
}

/// The whole graph on the device, as int8.
QuantizedGraph Quantized(Graph& graph, const Target& target) {
  PassRunner runner({});
  EXPECT_TRUE(Simplify(graph, runner).ok());
  const auto partition = PartitionGraph(graph, target);
  EXPECT_TRUE(partition.ok() && partition->host_nodes.empty())
      << (partition.ok() ? partition->host_nodes[0].reason : partition.error().Format());
  const auto source = [&](int64_t i) { return Result(Sample(graph, static_cast<uint64_t>(i))); };
  const auto calibration =
      Calibrate(graph, source, 8, {.scheme = QuantizationScheme::kPerTensorMinMax, .threads = 1});
  EXPECT_TRUE(calibration.ok());
  auto quantized = Quantize(graph, *calibration);
  EXPECT_TRUE(quantized.ok()) << quantized.error().Format();
  return *quantized;
}

CompiledProgram MustCompile(const QuantizedGraph& graph, const Target& target,
                            const CompilationOptions& options = {}) {
  CompileRequest request;
  request.target = target;
  request.network.options = options;
  PassRunner runner({});
  auto compiled = CompileQuantized(graph, request, runner);
  EXPECT_TRUE(compiled.ok()) << compiled.error().Format();
  return std::move(*compiled);
}

/// Runs frames of the ELF beside the integer executor, also in random legal orders.
void ExpectSameBits(const QuantizedGraph& graph, const CompiledProgram& compiled) {
  auto simulator = Simulator::Load(compiled.elf);
  ASSERT_TRUE(simulator.ok()) << simulator.error().Format();
  for (uint64_t frame = 0; frame < 3; ++frame) {
    const auto inputs = testing::RandomInputs(graph, frame);
    FunctionalOptions options{.check = true};
    if (frame > 0) options.random_order = frame;
    const auto got = simulator->RunFrame(inputs, options);
    ASSERT_TRUE(got.ok()) << got.error().Format();
    EXPECT_EQ(*got, *ExecuteInteger(graph, inputs)) << "frame " << frame;
  }
  EXPECT_EQ(compiled.report.planned_ddr_bytes, compiled.report.ddr_bytes);
  EXPECT_EQ(compiled.report.planned_l2_bytes, compiled.report.l2_bytes);
}

/// Largest error against the float graph over some samples, in steps of the output.
double LargestError(const Graph& graph, const QuantizedGraph& quantized) {
  double largest = 0;
  const QTensor& y = quantized.tensor(quantized.outputs[0]);
  auto executor = FloatExecutor::Create(graph);
  for (uint64_t seed = 0; seed < 8; ++seed) {
    const auto sample = Sample(graph, seed);
    const auto expected = executor->Run(sample);
    const auto q = QuantizeValues(sample[0], quantized.tensor(quantized.inputs[0]));
    const auto got = DequantizeValues(ExecuteInteger(quantized, {q})->at(0), y);
    for (size_t i = 0; i < got.size(); ++i)
      largest = std::max(largest, std::abs(double(got[i]) - double(expected->at(0)[i])));
  }
  return largest / double(y.quantization.scale[0]);
}

struct Operand {
  const char* name;
  Shape shape;
};

struct Case {
  OpKind kind = OpKind::kAdd;
  size_t index = 1;  // Of the constant.
  Operand operand;
};

class ConstantOperands : public ::testing::TestWithParam<Case> {};

/// x OP k or k OP x on 9x7x5. Divisors stay away from zero.
TEST_P(ConstantOperands, FromTheFloatGraphToTheFrame) {
  const auto& [kind, index, operand] = GetParam();
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 9, 7, 5});
  TensorId left = x;
  if (kind == OpKind::kDiv && index == 0) left = g.Unary("above", x, {UnaryKind::kClip, 0.5, 2});
  TensorId k = g.Constant("k", operand.shape);
  for (float& value : g.graph.tensor(k).constant)
    if (kind == OpKind::kDiv && index == 1) value = 1 + std::abs(value);
  std::vector<TensorId> inputs = {left};
  inputs.insert(inputs.begin() + static_cast<std::ptrdiff_t>(index), k);
  g.Output(g.Add("y", kind, inputs));
  for (const char* name : {"tiny", "quad512"}) {
    const Target target = testing::ReadTarget(name);
    Graph graph = g.graph;
    const QuantizedGraph quantized = Quantized(graph, target);
    // Half a step each of x, the constant and the result; a quotient of 2 is four times as steep.
    EXPECT_LT(LargestError(g.graph, quantized), kind == OpKind::kDiv ? 4 : 2);
    ExpectSameBits(quantized, MustCompile(quantized, target));
  }
}

std::vector<Case> Cases() {
  const Operand operands[] = {{"Full", {1, 9, 7, 5}}, {"Rows", {9, 1, 1}}, {"Columns", {7, 1}},
                              {"Plane", {9, 7, 1}},   {"Channels", {5}},   {"One", {}},
                              {"Lines", {7, 5}}};
  std::vector<Case> cases;
  for (const OpKind kind :
       {OpKind::kAdd, OpKind::kSub, OpKind::kMul, OpKind::kDiv, OpKind::kMin, OpKind::kMax})
    for (const size_t index : {0, 1})
      for (const Operand& operand : operands) cases.push_back({kind, index, operand});
  return cases;
}

std::string NameOf(const ::testing::TestParamInfo<Case>& info) {
  const auto& [kind, index, operand] = info.param;
  const std::string name = kind == OpKind::kAdd   ? "Add"
                           : kind == OpKind::kSub ? "Sub"
                           : kind == OpKind::kMul ? "Mul"
                           : kind == OpKind::kDiv ? "Div"
                           : kind == OpKind::kMin ? "Min"
                                                  : "Max";
  return name + (index == 0 ? "First" : "Second") + operand.name;
}

INSTANTIATE_TEST_SUITE_P(All, ConstantOperands, ::testing::ValuesIn(Cases()), NameOf);

/// As vit begins: a map as tokens, a class token before them, a position added to each; then work
/// that reads the constant once more.
QuantizedGraph Tokens(const Target& target, int64_t side, int64_t channels) {
  SmallGraph g;
  const TensorId map = g.Conv("map", g.Input("x", {1, side + 2, side + 2, 3}), channels);
  const TensorId lines = g.Constant("lines", {1, 1, side, channels});
  const TensorId joined = g.Add("joined", OpKind::kConcat, {lines, map}, ConcatAttributes{1});
  const TensorId place = g.Constant("place", {1, side + 1, side, channels});
  const TensorId placed = g.Add("placed", OpKind::kAdd, {joined, place});
  const TensorId again = g.Add("again", OpKind::kMul, {placed, place});
  g.Output(g.Conv("last", again, 8));
  return Quantized(g.graph, target);
}

TEST(ConstantNetworks, NoScheduleOptionChangesABit) {
  for (const char* name : {"tiny", "quad512"}) {
    const Target target = testing::ReadTarget(name);
    const QuantizedGraph graph = Tokens(target, 14, 40);
    for (unsigned bits = 0; bits < 16; ++bits) {
      CompilationOptions options;
      options.elf_in_ddr = (bits & 1U) == 0;
      if (!options.elf_in_ddr) options.l2_reserved_nbytes_tasklist = Bytes(64 * 1024);
      options.enable_icr = (bits & 2U) == 0;
      options.page_memory = (bits & 4U) == 0;
      options.tiling_depth = (bits & 8U) == 0 ? 1 : 6;
      ExpectSameBits(graph, MustCompile(graph, target, options));
    }
  }
}

/// Rows of features of any rank, joined with a constant in front and behind.
TEST(ConstantNetworks, JoinedAlongAnyAxis) {
  const std::pair<Shape, int64_t> cases[] = {{{7}, 0},         {{3, 7}, 0},    {{3, 7}, 1},
                                             {{2, 3, 7}, 0},   {{2, 3, 7}, 1}, {{2, 3, 7}, 2},
                                             {{1, 2, 3, 7}, 1}};
  const Target target = testing::ReadTarget("tiny");
  for (const auto& [shape, axis] : cases) {
    SmallGraph g;
    const TensorId k = g.Constant("k", shape);
    const TensorId x = g.Unary("x", g.Input("in", shape), {UnaryKind::kTanh});
    g.Output(g.Add("y", OpKind::kConcat, {k, x, k}, ConcatAttributes{axis}));
    Graph graph = g.graph;
    const QuantizedGraph quantized = Quantized(graph, target);
    EXPECT_LT(LargestError(g.graph, quantized), 2) << shape.ToString();
    ExpectSameBits(quantized, MustCompile(quantized, target));
  }
}

Region HomeOf(const CompiledProgram& compiled, const std::string& name) {
  for (const Symbol& symbol : compiled.program.symbols)
    if (symbol.name == name) return symbol.address.region;
  ADD_FAILURE() << name << " has no symbol";
  return Region::kDdr;
}

/// The bytes of a symbol in the file.
std::vector<uint8_t> BytesOf(const Program& program, const std::string& name) {
  for (const Symbol& symbol : program.symbols) {
    if (symbol.name != name) continue;
    for (const Segment& segment : program.segments) {
      if (segment.address.region != symbol.address.region) continue;
      const uint64_t at = symbol.address.offset - segment.address.offset;
      if (symbol.address.offset < segment.address.offset || at + symbol.size > segment.bytes.size())
        continue;
      const auto first = segment.bytes.begin() + static_cast<std::ptrdiff_t>(at);
      return {first, first + static_cast<std::ptrdiff_t>(symbol.size)};
    }
  }
  return {};
}

TEST(ConstantNetworks, TheFileHoldsTheirBytes) {
  const Target target = testing::ReadTarget("quad512");
  const QuantizedGraph graph = Tokens(target, 6, 40);
  const auto program = ReadElf(MustCompile(graph, target).elf);
  ASSERT_TRUE(program.ok());
  for (const QTensor& tensor : graph.tensors) {
    if (!tensor.is_constant()) continue;
    const std::vector<uint8_t> bytes = BytesOf(*program, tensor.name);
    const int64_t channels = AsFeatureMap(tensor.shape).channels;
    const auto pixels = static_cast<size_t>(AsFeatureMap(tensor.shape).pixels());
    ASSERT_FALSE(bytes.empty()) << tensor.name;
    const size_t stride = bytes.size() / pixels;
    for (size_t i = 0; i < tensor.constant.size(); ++i)
      EXPECT_EQ(static_cast<int8_t>(bytes[i / size_t(channels) * stride + i % size_t(channels)]),
                tensor.constant[i]);
  }
}

TEST(ConstantNetworks, TheyLiveWhereThereIsRoom) {
  Target target = testing::ReadTarget("quad512");
  EXPECT_EQ(HomeOf(MustCompile(Tokens(target, 14, 40), target), "place"), Region::kL1);
  CompilationOptions options;
  options.l1_constraint = Bytes(64 * 1024);
  const QuantizedGraph graph = Tokens(target, 30, 40);
  const CompiledProgram in_l2 = MustCompile(graph, target, options);
  EXPECT_EQ(HomeOf(in_l2, "place"), Region::kL2);
  ExpectSameBits(graph, in_l2);
  options.l2_constraint = Bytes(16 * 1024);
  const CompiledProgram in_ddr = MustCompile(graph, target, options);
  EXPECT_EQ(HomeOf(in_ddr, "place"), Region::kDdr);
  ExpectSameBits(graph, in_ddr);
}

}  // namespace
}  // namespace imcc
