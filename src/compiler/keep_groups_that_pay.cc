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

/// Groups tried one by one: bounds the time for deep networks.
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

  TilePlan Run() {
    const Result<Cycles> cycles = Measure(best_);
    if (!cycles.ok()) return Alone(best_);  // Lines take L1 that single kernels do without.
    cycles_ = *cycles;
    std::vector<KernelId> firsts;  // Group numbers change as groups are dropped.
    for (const size_t g : StripedGroups(best_)) firsts.push_back(best_.groups[g].first);
    for (size_t i = 0; i < std::min(firsts.size(), kMaxTrials); ++i)
      Try(WithoutGroup(best_, best_.GroupOfKernel()[firsts[i].index()]));
    Try(Alone(best_));
    return std::move(best_);
  }

 private:
  static TilePlan Alone(TilePlan plan) {
    for (std::vector<size_t> left = StripedGroups(plan); !left.empty(); left = StripedGroups(plan))
      plan = WithoutGroup(plan, left.front());
    return plan;
  }

  Result<Cycles> Measure(const TilePlan& plan) const {
    return MeasureTiles(network_, plan, target_, options_);
  }

  void Try(TilePlan plan) {
    const Result<Cycles> cycles = Measure(plan);
    if (!cycles.ok() || *cycles > cycles_) return;
    cycles_ = *cycles;
    best_ = std::move(plan);
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

TilePlan KeepGroupsThatPay(const MappedNetwork& network, TilePlan tiles, const Target& target,
                           const CompilationOptions& options) {
  if (StripedGroups(tiles).empty()) return tiles;
  return GroupTrials(network, std::move(tiles), target, options).Run();
}

}  // namespace imcc
