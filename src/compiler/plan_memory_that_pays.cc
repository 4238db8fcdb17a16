// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan_memory_that_pays.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "program/program.h"
#include "schedule/schedule.h"
#include "sim/simulator.h"

namespace imcc {

namespace {

/// Of L2 for rows of tensors; the first is the one that moves fewest DDR bytes.
constexpr std::array<double, 5> kL2Shares = {1, 0.75, 0.5, 0.25, 0.125};

/// Weights are in L2 and tensors in L1, but for those that the host reaches.
bool HasNothingToPage(const MappedNetwork& network, const MemoryPlan& plan) {
  for (size_t i = 0; i < network.buffers.size(); ++i)
    if (plan.buffers[i].region != Region::kL1 && !network.buffers[i].is_input &&
        !network.buffers[i].is_output)
      return false;
  return std::all_of(plan.weights.begin(), plan.weights.end(), [](const auto& tiles) {
    return std::all_of(tiles.begin(), tiles.end(),
                       [](const Address& tile) { return tile.region != Region::kDdr; });
  });
}

/// Bytes of DDR cost energy that the frame time does not show.
bool IsBetter(const FrameCost& a, const FrameCost& b) {
  if (a.ddr < b.ddr) return a.cycles <= b.cycles;
  return a.cycles.count() * 100 < b.cycles.count() * 99;
}

}  // namespace

Result<FrameCost> MeasureMemory(const MappedNetwork& network, const TilePlan& tiles,
                                const MemoryPlan& memory, const Target& target,
                                const CompilationOptions& options) {
  IMCC_ASSIGN(Schedule schedule, ScheduleTasks(network, tiles, memory, target, options));
  Program program;  // Timing depends on the tasks alone, not on what they move.
  const Bytes ddr = schedule.traffic.ddr;
  program.cores = {std::move(schedule.tasks)};
  program.layers.resize(network.kernels.size());
  program.tasks_in_ddr = options.elf_in_ddr;
  program.dma_dual_channel = options.dma_dual_channel;
  program.options_json = "{}";
  program.target_yaml = target.yaml;
  IMCC_ASSIGN(const FrameTiming timing, SimulateTiming(program));
  return FrameCost{.cycles = timing.cycles, .ddr = ddr};
}

Result<MemoryPlan> PlanMemoryThatPays(const MappedNetwork& network, const TilePlan& tiles,
                                      const Target& target, const CompilationOptions& options) {
  Result<MemoryPlan> best = PlanMemory(network, tiles, target, options, {.weights = false});
  if (!options.page_memory) return best;
  if (best.ok() && HasNothingToPage(network, *best)) {
    best->paging_bound = Bytes(0);
    return best;
  }
  std::optional<FrameCost> cost;
  std::optional<Bytes> bound;
  const auto consider = [&](Result<MemoryPlan> plan) {
    if (!plan.ok()) return;
    if (plan->paging_bound) bound = plan->paging_bound;
    const auto measured = MeasureMemory(network, tiles, *plan, target, options);
    if (!measured.ok() || (cost && !IsBetter(*measured, *cost))) return;
    cost = *measured;
    best = std::move(plan);
  };
  if (best.ok()) consider(*best);
  consider(PlanMemory(network, tiles, target, options));
  for (const double share : kL2Shares)
    consider(PlanMemory(network, tiles, target, options, {.activations = true, .l2_share = share}));
  if (best.ok()) best->paging_bound = bound;
  return best;
}

}  // namespace imcc
