// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// The promise of the whole back half: whatever the network, the target and the schedule options,
// the simulated ELF equals the integer reference executor in every bit, and the checker is silent.
#include <gtest/gtest.h>

#include "compiler/compile.h"
#include "reference/integer_executor.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

struct RandomCase {
  std::string target;
  uint64_t seed = 0;
};

class RandomNetwork : public ::testing::TestWithParam<RandomCase> {};

/// Schedule options drawn from the seed.
CompilationOptions DrawAnyOptions(uint64_t seed) {
  CompilationOptions options;
  options.double_buffer = (seed & 1U) == 0;
  options.imc_double_buffer = (seed & 2U) == 0;
  options.dma_dual_channel = (seed & 4U) == 0;
  options.enable_swicr = (seed & 8U) == 0;
  options.elf_in_ddr = (seed & 16U) == 0;
  options.enable_icr = seed % 5 != 4;
  if (seed % 3 == 0) options.icrx_force = static_cast<int64_t>(1 + seed % 8);
  if (seed % 7 == 0) options.mvm_utilization_limit = 0.25;
  if (!options.elf_in_ddr) options.l2_reserved_nbytes_tasklist = Bytes(96 * 1024);
  return options;
}

std::vector<std::vector<int8_t>> MustRun(Simulator& simulator,
                                         const std::vector<Int8Values>& inputs,
                                         const FunctionalOptions& options) {
  auto outputs = simulator.RunFrame(inputs, options);
  if (!outputs.ok()) ADD_FAILURE() << outputs.error().Format();
  return outputs.ok() ? std::move(outputs).value() : std::vector<std::vector<int8_t>>{};
}

TEST_P(RandomNetwork, SimulatorEqualsReference) {
  const uint64_t seed = GetParam().seed;
  CompileRequest request;
  request.target = testing::ReadTarget(GetParam().target);
  request.network.options = DrawAnyOptions(seed);
  const QuantizedGraph network = testing::RandomGraph(seed, 10, 20);
  const Status valid = Verify(network);
  ASSERT_TRUE(valid.ok()) << valid.error().Format();
  PassRunner runner({});
  const auto compiled = CompileQuantized(network, request, runner);
  if (!compiled.ok() && compiled.error().code == ErrorCode::kCapacity) {
    GTEST_SKIP() << "does not fit: " << compiled.error().Format();
  }
  ASSERT_TRUE(compiled.ok()) << compiled.error().Format();

  auto simulator = Simulator::Load(compiled->elf);
  ASSERT_TRUE(simulator.ok()) << simulator.error().Format();
  for (uint64_t frame = 0; frame < 3; ++frame) {
    const auto inputs = testing::RandomInputs(network, seed * 7 + frame);
    const auto expected = ExecuteInteger(network, inputs);
    ASSERT_TRUE(expected.ok()) << expected.error().Format();
    FunctionalOptions options{.check = true};
    if (frame > 0) options.random_order = seed + frame;
    EXPECT_EQ(MustRun(*simulator, inputs, options), *expected) << "frame " << frame;
  }

  const Report& report = compiled->report;
  EXPECT_EQ(report.planned_ddr_bytes, report.ddr_bytes);
  EXPECT_EQ(report.planned_l2_bytes, report.l2_bytes);
  EXPECT_GE(report.cycles, report.lower_bound_cycles);
}

std::vector<RandomCase> RandomCases() {
  std::vector<RandomCase> cases;
  for (uint64_t seed = 1; seed <= 60; ++seed) cases.push_back({"tiny", seed});
  for (uint64_t seed = 100; seed <= 130; ++seed) cases.push_back({"quad512", seed});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetwork, ::testing::ValuesIn(RandomCases()),
                         [](const auto& suite) {
                           return suite.param.target + "_" + std::to_string(suite.param.seed);
                         });

}  // namespace
}  // namespace imcc
