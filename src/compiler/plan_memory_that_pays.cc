// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan_memory_that_pays.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <vector>

#include "program/program.h"
#include "schedule/schedule.h"
#include "sim/simulator.h"

namespace imcc {

namespace {

/// Of L1 for whole tensors, beside all of it.
constexpr std::array<double, 2> kL1Shares = {0.85, 0.7};

/// Of L2 for rows of tensors; the first is the one that moves fewest DDR bytes.
constexpr std::array<double, 5> kL2Shares = {1, 0.75, 0.5, 0.25, 0.125};

/// Weights and constants are in L2 and other tensors in L1, but for those that the host reaches.
bool HasNothingToPage(const MappedNetwork& network, const MemoryPlan& plan) {
  for (size_t i = 0; i < network.buffers.size(); ++i) {
    const Buffer& buffer = network.buffers[i];
    const Region home = plan.buffers[i].region;
    if (buffer.is_input || buffer.is_output || home == Region::kL1) continue;
    if (!buffer.is_constant || home == Region::kDdr) return false;
  }
  return std::all_of(plan.weights.begin(), plan.weights.end(), [](const auto& tiles) {
    return std::all_of(tiles.begin(), tiles.end(),
                       [](const Address& tile) { return tile.region != Region::kDdr; });
  });
}

Bytes WeightsInL1(const MappedNetwork& network, const MemoryPlan& plan) {
  Bytes sum;
  for (size_t k = 0; k < plan.weights.size(); ++k)
    for (size_t t = 0; t < plan.weights[k].size(); ++t)
      if (plan.weights[k][t].region == Region::kL1) sum += network.kernels[k].imc()->tiles[t].size;
  return sum;
}

/// Bytes cost energy that the frame time does not show: more of DDR must save a hundredth of it.
bool IsBetter(const FrameCost& a, const FrameCost& b) {
  if (a.ddr > b.ddr) return a.cycles.count() * 100 < b.cycles.count() * 99;
  return std::tuple(a.cycles, a.ddr, a.l2) < std::tuple(b.cycles, b.ddr, b.l2);
}

}  // namespace

Result<FrameCost> MeasureMemory(const MappedNetwork& network, const TilePlan& tiles,
                                const MemoryPlan& memory, const Target& target,
                                const CompilationOptions& options) {
  IMCC_ASSIGN(Schedule schedule, ScheduleTasks(network, tiles, memory, target, options));
  Program program;  // Timing depends on the tasks alone, not on what they move.
  const PlannedTraffic traffic = schedule.traffic;
  program.cores = {std::move(schedule.tasks)};
  program.layers.resize(network.kernels.size());
  program.tasks_in_ddr = options.elf_in_ddr;
  program.dma_dual_channel = options.dma_dual_channel;
  program.options_json = "{}";
  program.target_yaml = target.yaml;
  IMCC_ASSIGN(const FrameTiming timing, SimulateTiming(program));
  return FrameCost{.cycles = timing.cycles,
                   .ddr = traffic.ddr,
                   .l2 = traffic.l2_activations + traffic.l2_weights};
}

namespace {

/// The best plan so far, by simulation.
class MemoryTrials {
 public:
  MemoryTrials(const MappedNetwork& network, const TilePlan& tiles, const Target& target,
               const CompilationOptions& options)
      : network_(network),
        tiles_(tiles),
        target_(target),
        options_(options),
        best_(PlanMemory(network, tiles, target, options, {.page_weights = false})) {}

  /// Space in L1 against tensors there.
  void VaryL1() {
    for (const double share : kL1Shares)
      if (best_.ok() && best_->Peak(Region::kL1) > ShareOf(best_->budget.l1, share))
        Try({.page_weights = false, .l1_share = share});
  }

  void VaryPaging() {
    if (best_.ok() && HasNothingToPage(network_, *best_)) {
      best_->paging_bound = Bytes(0);
      return;
    }
    const double l1_share = settings_.l1_share;
    Try({.l1_share = l1_share});
    for (const double share : kL2Shares)
      Try({.page_activations = true, .l1_share = l1_share, .l2_share = share});
    if (best_.ok()) best_->paging_bound = bound_;
  }

  /// What is left of L1 spares DDR and L2 some weights.
  void PromoteWeights() {
    if (!best_.ok()) return;
    const std::optional<Bytes> bound = best_->paging_bound;
    PlacementSettings settings = settings_;
    settings.weights_in_l1 = true;
    Try(settings);
    // The bound is for L1 without weights; each byte there spares DDR one byte a frame at most.
    if (bound) best_->paging_bound = std::max(*bound - WeightsInL1(network_, *best_), Bytes(0));
  }

  Result<MemoryPlan> Best() && { return std::move(best_); }

 private:
  void Try(const PlacementSettings& settings) {
    Result<MemoryPlan> plan = PlanMemory(network_, tiles_, target_, options_, settings);
    if (!plan.ok()) return;
    if (settings.weights_in_l1 && WeightsInL1(network_, *plan) == Bytes(0)) return;
    if (plan->paging_bound) bound_ = plan->paging_bound;
    if (best_.ok() && !cost_) cost_ = Measure(*best_);
    const std::optional<FrameCost> cost = Measure(*plan);
    if (!cost || (cost_ && !IsBetter(*cost, *cost_))) return;
    cost_ = cost;
    settings_ = settings;
    best_ = std::move(plan);
  }

  std::optional<FrameCost> Measure(const MemoryPlan& plan) const {
    const Result<FrameCost> cost = MeasureMemory(network_, tiles_, plan, target_, options_);
    return cost.ok() ? std::optional(*cost) : std::nullopt;
  }

  const MappedNetwork& network_;
  const TilePlan& tiles_;
  const Target& target_;
  const CompilationOptions& options_;
  Result<MemoryPlan> best_;
  PlacementSettings settings_{.page_weights = false};  // Of the best.
  std::optional<FrameCost> cost_;                      // Of the best; none: not measured.
  std::optional<Bytes> bound_;
};

}  // namespace

Result<MemoryPlan> PlanMemoryThatPays(const MappedNetwork& network, const TilePlan& tiles,
                                      const Target& target, const CompilationOptions& options) {
  MemoryTrials trials(network, tiles, target, options);
  trials.VaryL1();
  if (options.page_memory) trials.VaryPaging();
  trials.PromoteWeights();
  return std::move(trials).Best();
}

}  // namespace imcc
