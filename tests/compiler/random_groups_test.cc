// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Depth-first tiling wherever it is legal, whether it pays or not: random groups of random networks
// in random numbers of stripes give the bits of the reference executor, and the checker is silent.
#include <gtest/gtest.h>

#include "compiler/assemble_program.h"
#include "mapping/mapping.h"
#include "memory/memory.h"
#include "program/program.h"
#include "reference/integer_executor.h"
#include "schedule/schedule.h"
#include "sim/simulator.h"
#include "support/graph_builder.h"
#include "support/targets.h"
#include "tiling/plan_stripes.h"
#include "tiling/tiling.h"

namespace imcc {
namespace {

/// Cuts the kernels into groups drawn from the seed; returns how many have several kernels.
int RegroupAtRandom(const MappedNetwork& network, const Target& target, uint64_t seed,
                    TilePlan& plan) {
  std::mt19937_64 random(seed);
  const auto draw = [&](size_t low, size_t high) {
    return std::uniform_int_distribution<size_t>(low, high)(random);
  };
  const BufferLinks links = LinksOf(network);
  const StripeSettings settings{.pword = target.pword, .double_buffer = seed % 3 != 0};
  int striped = 0;
  plan.groups.clear();
  for (size_t first = 0; first < network.kernels.size();) {
    size_t last = std::min(network.kernels.size(), first + draw(1, 6));
    while (last > first + 1 && !MayGroup(network, links, first, last)) --last;
    if (last == first + 1) {
      plan.groups.push_back({.first = KernelId(first), .count = 1});
    } else {
      const auto stripes = static_cast<int64_t>(draw(1, 9));
      plan.groups.push_back(PlanStripes(network, links, {first, last}, stripes, settings));
      ++striped;
    }
    first = last;
  }
  return striped;
}

/// Whatever the groups hold fits.
Target TinyWithLargeL1() {
  std::string yaml = testing::ReadTarget("tiny").yaml;
  const std::string small = "l1_size: {value: 48,";
  const size_t at = yaml.find(small);
  EXPECT_NE(at, std::string::npos);
  auto target =
      ParseTarget(yaml.replace(at, small.size(), "l1_size: {value: 4096,"), "tiny with a large L1");
  EXPECT_TRUE(target.ok());
  return std::move(target).value();
}

/// Tasks whose input rows go round the end of their line buffers.
int TasksWithARing(const std::vector<Task>& tasks) {
  const auto has_ring = [](const Task& task) {
    const auto* mvm = std::get_if<MvmTask>(&task.payload);
    const auto* window = std::get_if<WindowTask>(&task.payload);
    const auto* resize = std::get_if<ResizeTask>(&task.payload);
    return (mvm && mvm->ring.rows > 0) || (window && window->ring.rows > 0) ||
           (resize && resize->ring.rows > 0);
  };
  return static_cast<int>(std::count_if(tasks.begin(), tasks.end(), has_ring));
}

class RandomGroups : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomGroups, SimulatorEqualsReference) {
  const uint64_t seed = GetParam();
  const Target target = TinyWithLargeL1();
  CompilationOptions options;
  options.icrx_force = static_cast<int64_t>(1 + seed % 4);
  const QuantizedGraph graph = testing::RandomGraph(seed, 12, 24);
  const MappingChoices choices = ChooseReplication(graph, target, options);
  auto mapped = MapNetwork(graph, choices, target, options);
  ASSERT_TRUE(mapped.ok()) << mapped.error().Format();
  auto tiles = PlanTiles(*mapped, target, options);
  ASSERT_TRUE(tiles.ok()) << tiles.error().Format();
  const int striped = RegroupAtRandom(*mapped, target, seed, *tiles);
  const Status judged = Verify(*tiles, *mapped);
  ASSERT_TRUE(judged.ok()) << judged.error().Format() << "\n" << Dump(*tiles, *mapped);
  // In a small L1 most tensors live in L2, and rows come and go.
  options.l1_constraint = Bytes(seed % 2 == 0 ? 150 * 1024 : 4 << 20);
  auto memory = PlanMemory(*mapped, *tiles, target, options);
  if (!memory.ok()) GTEST_SKIP() << "does not fit: " << memory.error().Format();
  auto schedule = ScheduleTasks(*mapped, *tiles, *memory, target, options);
  ASSERT_TRUE(schedule.ok()) << schedule.error().Format();
  RecordProperty("tasks_with_a_ring", TasksWithARing(schedule->tasks));
  auto program = AssembleProgram(graph, *mapped, *memory, *schedule, target, options);
  ASSERT_TRUE(program.ok()) << program.error().Format();
  const auto elf = WriteElf(*program);
  ASSERT_TRUE(elf.ok()) << elf.error().Format();
  auto simulator = Simulator::Load(*elf);
  ASSERT_TRUE(simulator.ok()) << simulator.error().Format();
  for (uint64_t frame = 0; frame < 3; ++frame) {
    const auto inputs = testing::RandomInputs(graph, seed * 7 + frame);
    const auto expected = ExecuteInteger(graph, inputs);
    ASSERT_TRUE(expected.ok()) << expected.error().Format();
    FunctionalOptions run{.check = true};
    if (frame > 0) run.random_order = seed + frame;
    const auto outputs = simulator->RunFrame(inputs, run);
    ASSERT_TRUE(outputs.ok()) << outputs.error().Format();
    EXPECT_EQ(*outputs, *expected) << "frame " << frame << ", " << striped << " groups";
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomGroups, ::testing::Range<uint64_t>(1, 121));

}  // namespace
}  // namespace imcc
