// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Inputs of depthwise convolutions with a scale a channel, all the way to the device: the simulated
// ELF equals the integer reference in every bit, on the depthwise unit and on the array, with and
// without replication and depth-first groups.
#include <gtest/gtest.h>

#include "compiler/compile.h"
#include "reference/integer_executor.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

struct HybridCase {
  std::string target;
  uint64_t seed = 0;
};

class HybridNetwork : public ::testing::TestWithParam<HybridCase> {};

/// A convolution, two or more depthwise ones that read a scale a channel, and one that joins.
QuantizedGraph RandomDepthwiseChain(uint64_t seed) {
  testing::GraphBuilder b(seed);
  static constexpr int64_t kChannels[] = {2, 5, 24, 64, 70, 130};
  const auto window = [&](int64_t largest) {
    const int64_t kernel = 1 + 2 * b.Random(0, largest / 2);
    const int64_t stride = b.Random(1, 2);
    const int64_t pad = kernel / 2;
    return Window{.kernel_h = kernel,
                  .kernel_w = kernel,
                  .stride_h = stride,
                  .stride_w = stride,
                  .padding = {pad, pad, pad, pad}};
  };
  const QTensorId input = b.Input(b.Random(8, 20), b.Random(8, 20), b.Random(1, 40));
  QTensorId x = b.Conv(input, kChannels[b.Random(0, 5)], window(3));
  b.GiveChannelsScales(x);
  const QTensorId fork = b.Depthwise(x, window(3));
  // 13x13 taps are more than the depthwise unit holds: the array computes them.
  const int64_t largest = b.Random(0, 2) == 0 ? 13 : 5;
  for (int64_t i = 0; i < b.Random(1, 2); ++i) {
    x = b.Depthwise(x, window(largest));
    b.GiveChannelsScales(x);
  }
  x = b.Depthwise(x, window(3));
  return b.Build({b.Conv(x, 10, {}), fork});
}

CompilationOptions DrawOptions(uint64_t seed) {
  CompilationOptions options;
  options.double_buffer = (seed & 1U) == 0;
  options.tiling_depth = (seed & 2U) == 0 ? 1 : 6;
  options.enable_icr = seed % 5 != 4;
  if (seed % 3 == 0) options.icrx_force = static_cast<int64_t>(1 + seed % 8);
  return options;
}

TEST_P(HybridNetwork, SimulatorEqualsReference) {
  const uint64_t seed = GetParam().seed;
  CompileRequest request;
  request.target = testing::ReadTarget(GetParam().target);
  request.network.options = DrawOptions(seed);
  const QuantizedGraph network = RandomDepthwiseChain(seed);
  const Status valid = Verify(network);
  ASSERT_TRUE(valid.ok()) << valid.error().Format();
  PassRunner runner({});
  const auto compiled = CompileQuantized(network, request, runner);
  if (!compiled.ok() && compiled.error().code == ErrorCode::kCapacity)
    GTEST_SKIP() << "does not fit: " << compiled.error().Format();
  ASSERT_TRUE(compiled.ok()) << compiled.error().Format();
  auto simulator = Simulator::Load(compiled->elf);
  ASSERT_TRUE(simulator.ok()) << simulator.error().Format();
  for (uint64_t frame = 0; frame < 2; ++frame) {
    const auto inputs = testing::RandomInputs(network, seed * 7 + frame);
    const auto expected = ExecuteInteger(network, inputs);
    ASSERT_TRUE(expected.ok()) << expected.error().Format();
    FunctionalOptions options{.check = true};
    if (frame > 0) options.random_order = seed;
    const auto outputs = simulator->RunFrame(inputs, options);
    ASSERT_TRUE(outputs.ok()) << outputs.error().Format();
    EXPECT_EQ(*outputs, *expected) << "frame " << frame;
  }
}

std::vector<HybridCase> HybridCases() {
  std::vector<HybridCase> cases;
  for (uint64_t seed = 1; seed <= 30; ++seed) cases.push_back({"tiny", seed});
  for (uint64_t seed = 100; seed <= 120; ++seed) cases.push_back({"quad512", seed});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Seeds, HybridNetwork, ::testing::ValuesIn(HybridCases()),
                         [](const auto& suite) {
                           return suite.param.target + "_" + std::to_string(suite.param.seed);
                         });

}  // namespace
}  // namespace imcc
