// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/keep_groups_that_pay.h"

#include <algorithm>

#include "memory/memory.h"
#include "program/program.h"
#include "schedule/schedule.h"
#include "sim/simulator.h"

namespace imcc {

namespace {

/// Groups tried one by one, largest first: bounds the time for deep networks.
constexpr size_t kMaxTrials = 24;

std::vector<size_t> StripedGroups(const TilePlan& plan) {
  std::vector<size_t> groups;
  for (size_t g = 0; g < plan.groups.size(); ++g)
    if (plan.groups[g].is_striped()) groups.push_back(g);
  return groups;
}

class GroupTrials {
 public:
  GroupTrials(const MappedNetwork& network, TilePlan plan, const Target& target,
              const CompilationOptions& options)
      : network_(network), target_(target), options_(options), best_(std::move(plan)) {}

  Result<TilePlan> Run() {
    IMCC_ASSIGN(cycles_, Measure(best_));
    std::vector<KernelId> firsts;  // Group numbers change as groups are dropped.
    for (const size_t g : StripedGroups(best_)) firsts.push_back(best_.groups[g].first);
    for (size_t i = 0; i < std::min(firsts.size(), kMaxTrials); ++i)
      IMCC_TRY(TryWithout(best_.GroupOfKernel()[firsts[i].index()]));
    TilePlan alone = best_;
    for (std::vector<size_t> left = StripedGroups(alone); !left.empty();
         left = StripedGroups(alone))
      alone = WithoutGroup(alone, left.front());
    IMCC_TRY(Try(std::move(alone)));
    return std::move(best_);
  }

 private:
  Result<Cycles> Measure(const TilePlan& plan) const {
    return MeasureTiles(network_, plan, target_, options_);
  }

  Status TryWithout(size_t group) { return Try(WithoutGroup(best_, group)); }

  Status Try(TilePlan plan) {
    IMCC_ASSIGN(const Cycles cycles, Measure(plan));
    if (cycles > cycles_) return {};
    cycles_ = cycles;
    best_ = std::move(plan);
    return {};
  }

  const MappedNetwork& network_;
  const Target& target_;
  const CompilationOptions& options_;
  TilePlan best_;
  Cycles cycles_;
};

}  // namespace

Result<Cycles> MeasureTiles(const MappedNetwork& network, const TilePlan& tiles,
                            const Target& target, const CompilationOptions& options) {
  IMCC_ASSIGN(const MemoryPlan memory, PlanMemory(network, tiles, target, options));
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

Result<TilePlan> KeepGroupsThatPay(const MappedNetwork& network, TilePlan tiles,
                                   const Target& target, const CompilationOptions& options) {
  if (StripedGroups(tiles).empty()) return tiles;
  return GroupTrials(network, std::move(tiles), target, options).Run();
}

}  // namespace imcc
