// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// The cases of the design study that break compilers of this kind (its section 7): each runs depth
// first in every number of stripes and with every schedule option, and has one output.
#include "compiler/compile.h"
#include "forced_groups.h"

namespace imcc {
namespace {

using testing::GraphBuilder;

Window Square(int64_t kernel, int64_t stride, Padding padding) {
  return {.kernel_h = kernel,
          .kernel_w = kernel,
          .stride_h = stride,
          .stride_w = stride,
          .padding = padding};
}
const Window kSame = Square(3, 1, {1, 1, 1, 1});

// 1. Few input channels, packed pwords, padding with a zero point, a width no factor divides.
QuantizedGraph FirstLayer() {
  GraphBuilder b(1);
  const QTensorId x = b.Input(23, 21, 3);
  const QTensorId y = b.Conv(x, 8, Square(7, 2, {3, 3, 3, 3}));
  return b.Build({b.Conv(b.Pool(QPool::Kind::kMax, y, Square(3, 2, {1, 1, 1, 1})), 8, kSame)});
}

// 2. One row and one column more than the array has, and more row tiles than weight sets.
QuantizedGraph ArrayTails(const Target& target) {
  GraphBuilder b(2);
  const QTensorId x = b.Input(5, 4, target.array.rows + 1);
  const QTensorId y = b.Conv(x, target.array.columns + 1, {});
  return b.Build({b.Conv(y, 9, kSame)});
}

// 3. A residual from outside the group, readers with unequal receptive fields, a tensor that is
//    also an output.
QuantizedGraph Residuals() {
  GraphBuilder b(3);
  const QTensorId x = b.Conv(b.Input(14, 12, 8), 16, {});
  const QTensorId wide = b.Depthwise(x, Square(5, 1, {2, 2, 2, 2}));
  const QTensorId narrow = b.Conv(x, 16, {});
  const QTensorId sum = b.Elementwise(QElementwise::Kind::kAdd, wide, narrow);
  const QTensorId more = b.Elementwise(QElementwise::Kind::kAdd, b.Conv(sum, 16, kSame), x);
  return b.Build({more, b.Conv(more, 8, kSame)});
}

// 4. Chains of stride 2, odd sizes, asymmetric pads: borders of stripes must not be padded again.
QuantizedGraph Strides() {
  GraphBuilder b(4);
  QTensorId y = b.Input(37, 29, 8);
  y = b.Conv(y, 8, Square(3, 2, {0, 1, 1, 0}));
  y = b.Conv(y, 8, Square(3, 2, {1, 0, 0, 1}));
  y = b.Depthwise(y, Square(3, 1, {2, 2, 0, 0}));
  return b.Build({b.Conv(y, 8, Square(3, 2, {1, 1, 1, 1}))});
}

// 5. A concatenation of a concatenation, an input read elsewhere too, one given twice.
QuantizedGraph Concats() {
  GraphBuilder b(5);
  const QTensorId x = b.Conv(b.Input(10, 10, 8), 16, {});
  const QTensorId y = b.Conv(x, 16, kSame);
  const QTensorId inner = b.Concat({y, x, x}, 3);
  const QTensorId outer = b.Concat({inner, b.Conv(y, 8, {})}, 3);
  return b.Build({b.Conv(outer, 8, kSame), inner});
}

// 6. Many small groups that do not divide the array.
QuantizedGraph Groups() {
  GraphBuilder b(6);
  const QTensorId x = b.Conv(b.Input(9, 9, 8), 60, {});
  const QTensorId y = b.Conv(x, 60, kSame, 20);
  return b.Build({b.Conv(y, 60, kSame, 12)});
}

// 7. Tensors larger than a quarter of L2, a row larger than a page.
QuantizedGraph LargeMaps() {
  GraphBuilder b(7);
  QTensorId y = b.Input(6, 300, 8);
  y = b.Conv(y, 64, Square(3, 1, {1, 1, 1, 1}));
  y = b.Conv(y, 8, Square(3, 1, {1, 1, 1, 1}));
  return b.Build({y});
}

// 8. Attention: products of activations, more columns and rows than the array has, a second operand
//    that others read too, one matrix for all rows, pixels with padding between them.
QuantizedGraph Products(const Target& target) {
  GraphBuilder b(8);
  const int64_t tokens = target.array.columns + 9;
  const QTensorId x = b.Input(3, tokens, 20);
  const QTensorId keys = b.Symmetric(b.Conv(x, 24, {}));
  const QTensorId scores = b.MatMul(b.Conv(x, 24, {}), keys);
  const QTensorId values = b.Symmetric(b.Input(3, 12, tokens));
  const QTensorId mixed = b.Table(b.MatMul(b.Softmax(scores), values));
  const QTensorId shared = b.Symmetric(b.Input(1, 7, 12));
  return b.Build({b.Conv(mixed, 8, kSame), b.MatMul(mixed, shared), b.Conv(keys, 8, {})});
}

std::vector<std::pair<std::string, QuantizedGraph>> NastyCases() {
  const Target tiny = testing::ReadTarget("tiny");
  return {{"first layer", FirstLayer()}, {"array tails", ArrayTails(tiny)},
          {"residuals", Residuals()},    {"strides", Strides()},
          {"concats", Concats()},        {"groups", Groups()},
          {"large maps", LargeMaps()},   {"products", Products(tiny)}};
}

TEST(NastyCases, DepthFirstInEveryNumberOfStripes) {
  const int64_t pword = testing::ReadTarget("tiny").pword;
  for (const auto& [name, graph] : NastyCases()) {
    ASSERT_TRUE(Verify(graph).ok()) << name;
    int ran = 0;
    for (const int64_t stripes : {1, 2, 3, 5, 8, 40})
      for (const bool double_buffer : {true, false}) {
        SCOPED_TRACE(name + ", " + std::to_string(stripes) + " stripes");
        CompilationOptions options;
        options.icrx_force = 1 + stripes % 4;
        if (stripes % 2 == 0) options.l1_constraint = Bytes(200 * 1024);
        const auto all = [&](size_t) { return testing::GroupChoice{8, stripes}; };
        const auto schedule = testing::RunRegrouped(
            graph, options, {.pword = pword, .double_buffer = double_buffer}, all, 1);
        ran += schedule ? 1 : 0;
      }
    EXPECT_GT(ran, 5) << name;
  }
}

/// The output of a network compiled for the tiny target; none if the options leave it no room.
std::optional<std::vector<std::vector<int8_t>>> RunCompiled(const QuantizedGraph& graph,
                                                            const CompilationOptions& options) {
  CompileRequest request;
  request.target = testing::ReadTarget("tiny");
  request.network.options = options;
  PassRunner runner({});
  const auto compiled = CompileQuantized(graph, request, runner);
  if (!compiled.ok()) {
    EXPECT_EQ(compiled.error().code, ErrorCode::kCapacity) << compiled.error().Format();
    return std::nullopt;
  }
  EXPECT_EQ(compiled->report.planned_ddr_bytes, compiled->report.ddr_bytes);
  EXPECT_EQ(compiled->report.planned_l2_bytes, compiled->report.l2_bytes);
  auto simulator = Simulator::Load(compiled->elf);
  EXPECT_TRUE(simulator.ok());
  auto outputs = simulator->RunFrame(testing::RandomInputs(graph, 1), {.check = true});
  EXPECT_TRUE(outputs.ok()) << outputs.error().Format();
  return outputs.ok() ? std::optional(std::move(*outputs)) : std::nullopt;
}

std::vector<CompilationOptions> EveryCombination() {
  std::vector<CompilationOptions> all;
  for (const bool elf_in_ddr : {true, false})
    for (const bool enable_icr : {true, false})
      for (const bool page_memory : {true, false})
        for (const int64_t depth : {1, 2, 6})
          for (const double resources : {1.0, 0.25}) {
            CompilationOptions options;
            options.elf_in_ddr = elf_in_ddr;
            options.enable_icr = enable_icr;
            options.page_memory = page_memory;
            options.tiling_depth = depth;
            options.resources_used = resources;
            if (!elf_in_ddr) options.l2_reserved_nbytes_tasklist = Bytes(32 * 1024);
            all.push_back(options);
          }
  return all;
}

TEST(NastyCases, NoCombinationOfScheduleOptionsChangesABit) {
  std::vector<std::pair<std::string, QuantizedGraph>> networks = NastyCases();
  for (const uint64_t seed : {12U, 13U, 14U, 16U})
    networks.emplace_back("random " + std::to_string(seed), testing::RandomGraph(seed, 10, 30));
  for (const auto& [name, graph] : networks) {
    const auto expected = ExecuteInteger(graph, testing::RandomInputs(graph, 1));
    ASSERT_TRUE(expected.ok());
    int ran = 0;
    for (const CompilationOptions& options : EveryCombination()) {
      const auto outputs = RunCompiled(graph, options);
      if (!outputs) continue;
      ++ran;
      EXPECT_EQ(*outputs, *expected)
          << name << ": elf_in_ddr " << options.elf_in_ddr << ", icr " << options.enable_icr
          << ", paged " << options.page_memory << ", depth " << options.tiling_depth
          << ", resources " << options.resources_used;
    }
    EXPECT_GE(ran, 12) << name;
  }
}

}  // namespace
}  // namespace imcc
