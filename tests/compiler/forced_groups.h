// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "compiler/assemble_program.h"
#include "mapping/mapping.h"
#include "memory/memory.h"
#include "program/program.h"
#include "reference/integer_executor.h"
#include "schedule/schedule.h"
#include "sim/simulator.h"
#include "support/graph_builder.h"
#include "support/targets.h"
#include "tiling/plan_bands.h"
#include "tiling/plan_stripes.h"
#include "tiling/tiling.h"

namespace imcc::testing {

/// Kernels and stripes of the group that starts at a kernel: drawn or fixed by a test.
struct GroupChoice {
  size_t kernels = 1;
  int64_t stripes = 1;
  int64_t bands = 1;  // Where the rules allow.
};
using ChooseGroup = std::function<GroupChoice(size_t first)>;

/// Cuts the kernels into groups as told, shorter where the rules forbid it.
inline void Regroup(const MappedNetwork& network, const StripeSettings& settings,
                    const ChooseGroup& choose, TilePlan& plan) {
  const BufferLinks links = LinksOf(network);
  plan.groups.clear();
  for (size_t first = 0; first < network.kernels.size();) {
    const GroupChoice choice = choose(first);
    size_t last = std::min(network.kernels.size(), first + choice.kernels);
    while (last > first + 1 && !MayGroup(network, links, first, last)) --last;
    if (last == first + 1)
      plan.groups.push_back({.first = KernelId(first), .count = 1});
    else
      plan.groups.push_back(PlanStripes(
          network, links, {first, last},
          {choice.stripes, MayCutBands(network, first, last) ? choice.bands : 1}, settings));
    first = last;
  }
}

/// The tiny target with an L1 that holds whatever the groups hold.
inline Target TinyWithLargeL1() {
  std::string yaml = ReadTarget("tiny").yaml;
  const std::string small = "l1_size: {value: 48,";
  const size_t at = yaml.find(small);
  EXPECT_NE(at, std::string::npos);
  auto target =
      ParseTarget(yaml.replace(at, small.size(), "l1_size: {value: 4096,"), "tiny with a large L1");
  EXPECT_TRUE(target.ok());
  return std::move(target).value();
}

/// A network on its way: everything that decides where data lie and when they are computed.
struct PlannedNetwork {
  Target target;
  MappedNetwork mapped;
  TilePlan tiles;
  MemoryPlan memory;
};

/// Runs a plan against the reference executor with the checker on, in list order and in random
/// legal orders.
inline std::optional<Schedule> RunPlanned(const QuantizedGraph& graph, const PlannedNetwork& plan,
                                          const CompilationOptions& options, uint64_t seed) {
  auto schedule = ScheduleTasks(plan.mapped, plan.tiles, plan.memory, plan.target, options);
  EXPECT_TRUE(schedule.ok());
  auto program = AssembleProgram(graph, plan.mapped, plan.memory, *schedule, plan.target, options);
  EXPECT_TRUE(program.ok());
  const auto elf = WriteElf(*program);
  EXPECT_TRUE(elf.ok());
  auto simulator = Simulator::Load(*elf);
  if (!simulator.ok()) {
    ADD_FAILURE() << simulator.error().Format();
    return std::nullopt;
  }
  for (uint64_t frame = 0; frame < 3; ++frame) {
    const auto inputs = RandomInputs(graph, seed * 7 + frame);
    const auto expected = ExecuteInteger(graph, inputs);
    FunctionalOptions run{.check = true};
    if (frame > 0) run.random_order = seed + frame;
    const auto outputs = simulator->RunFrame(inputs, run);
    if (!outputs.ok())
      ADD_FAILURE() << outputs.error().Format();
    else
      EXPECT_EQ(*outputs, *expected) << "frame " << frame;
  }
  return std::move(*schedule);
}

/// Maps the graph and regroups its kernels. Empty result: it does not fit.
inline std::optional<PlannedNetwork> PlanRegrouped(const QuantizedGraph& graph,
                                                   const CompilationOptions& options,
                                                   const StripeSettings& settings,
                                                   const ChooseGroup& choose,
                                                   PlacementSettings placement = {}) {
  PlannedNetwork plan{.target = TinyWithLargeL1(), .mapped = {}, .tiles = {}, .memory = {}};
  const MappingChoices choices = ChooseReplication(graph, plan.target, options);
  auto mapped = MapNetwork(graph, choices, plan.target, options);
  EXPECT_TRUE(mapped.ok());
  plan.mapped = std::move(*mapped);
  auto tiles = PlanTiles(plan.mapped, plan.target, options);
  if (!tiles.ok()) return std::nullopt;
  plan.tiles = std::move(*tiles);
  Regroup(plan.mapped, settings, choose, plan.tiles);
  const Status judged = Verify(plan.tiles, plan.mapped);
  EXPECT_TRUE(judged.ok()) << judged.error().Format() << "\n" << Dump(plan.tiles, plan.mapped);
  auto memory = PlanMemory(plan.mapped, plan.tiles, plan.target, options, placement);
  if (!memory.ok()) return std::nullopt;
  plan.memory = std::move(*memory);
  return plan;
}

/// Both, for tests of the tiling. Empty result: it does not fit.
inline std::optional<Schedule> RunRegrouped(const QuantizedGraph& graph,
                                            const CompilationOptions& options,
                                            const StripeSettings& settings,
                                            const ChooseGroup& choose, uint64_t seed) {
  const auto plan = PlanRegrouped(graph, options, settings, choose);
  return plan ? RunPlanned(graph, *plan, options, seed) : std::nullopt;
}

}  // namespace imcc::testing
