// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan_memory_that_pays.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "program/program.h"
#include "schedule/schedule.h"
#include "sim/simulator.h"

namespace imcc {

namespace {

/// Nothing is left to page: DDR holds no weights, and of the tensors only the host's.
bool AllOnChip(const MappedNetwork& network, const MemoryPlan& plan) {
  for (size_t i = 0; i < network.buffers.size(); ++i)
    if (plan.buffers[i].region == Region::kDdr && !network.buffers[i].is_input &&
        !network.buffers[i].is_output)
      return false;
  return std::all_of(plan.weights.begin(), plan.weights.end(), [](const auto& tiles) {
    return std::all_of(tiles.begin(), tiles.end(),
                       [](const Address& tile) { return tile.region != Region::kDdr; });
  });
}

}  // namespace

Result<Cycles> MeasureMemory(const MappedNetwork& network, const TilePlan& tiles,
                             const MemoryPlan& memory, const Target& target,
                             const CompilationOptions& options) {
  IMCC_ASSIGN(Schedule schedule, ScheduleTasks(network, tiles, memory, target, options));
  Program program;  // Timing depends on the tasks alone, not on what they move.
  program.cores = {std::move(schedule.tasks)};
  program.layers.resize(network.kernels.size());
  program.tasks_in_ddr = options.elf_in_ddr;
  program.dma_dual_channel = options.dma_dual_channel;
  program.options_json = "{}";
  program.target_yaml = target.yaml;
  IMCC_ASSIGN(const FrameTiming timing, SimulateTiming(program));
  return timing.cycles;
}

Result<MemoryPlan> PlanMemoryThatPays(const MappedNetwork& network, const TilePlan& tiles,
                                      const Target& target, const CompilationOptions& options) {
  Result<MemoryPlan> best = PlanMemory(network, tiles, target, options, {.weights = false});
  if (!options.page_memory) return best;
  if (best.ok() && AllOnChip(network, *best)) {
    best->paging_bound = Bytes(0);
    return best;
  }
  std::optional<Cycles> cycles;
  std::optional<Bytes> bound;
  const auto consider = [&](Result<MemoryPlan> plan) {
    if (!plan.ok()) return;
    if (plan->paging_bound) bound = plan->paging_bound;
    const auto measured = MeasureMemory(network, tiles, *plan, target, options);
    if (!measured.ok() || (cycles && *measured >= *cycles)) return;
    cycles = *measured;
    best = std::move(plan);
  };
  if (best.ok()) consider(*best);
  for (const bool activations : {false, true})
    consider(PlanMemory(network, tiles, target, options, {.activations = activations}));
  if (best.ok()) best->paging_bound = bound;
  return best;
}

}  // namespace imcc
