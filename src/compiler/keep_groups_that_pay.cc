// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/keep_groups_that_pay.h"

#include <algorithm>
#include <optional>

#include "compiler/plan_memory_that_pays.h"
#include "memory/memory.h"

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

/// Large groups keep more tensors from L2, small ones leave L1 to tensors that live there: which is
/// better, only the whole frame tells.
constexpr double kLargeGroups = 0.9;

class GroupTrials {
 public:
  GroupTrials(const MappedNetwork& network, TilePlan alone, const Target& target,
              const CompilationOptions& options)
      : network_(network), target_(target), options_(options), best_(std::move(alone)) {
    const Result<Cycles> cycles = Measure(best_);
    if (cycles.ok()) cycles_ = *cycles;
  }

  /// Drops groups from a plan while it gets no slower; keeps it if it is the fastest so far.
  void Add(TilePlan plan) {
    Result<Cycles> cycles = Measure(plan);
    if (!cycles.ok()) return;      // Lines take L1 that single kernels do without.
    std::vector<KernelId> firsts;  // Group numbers change as groups are dropped.
    for (const size_t g : StripedGroups(plan)) firsts.push_back(plan.groups[g].first);
    for (size_t i = 0; i < std::min(firsts.size(), kMaxTrials); ++i) {
      TilePlan without = WithoutGroup(plan, plan.GroupOfKernel()[firsts[i].index()]);
      const Result<Cycles> less = Measure(without);
      if (!less.ok() || *less > *cycles) continue;
      cycles = *less;
      plan = std::move(without);
    }
    if (cycles_ && *cycles >= *cycles_) return;
    cycles_ = *cycles;
    best_ = std::move(plan);
  }

  const TilePlan& best() const { return best_; }
  TilePlan Best() && { return std::move(best_); }

 private:
  Result<Cycles> Measure(const TilePlan& plan) const {
    return MeasureTiles(network_, plan, target_, options_);
  }

  const MappedNetwork& network_;
  const Target& target_;
  const CompilationOptions& options_;
  TilePlan best_;
  std::optional<Cycles> cycles_;  // None: the kernels alone do not fit.
};

/// Cycles with the placement the network gets in the end; the trials take a simpler one.
std::optional<Cycles> FinalCycles(const MappedNetwork& network, const TilePlan& tiles,
                                  const Target& target, const CompilationOptions& options) {
  const Result<MemoryPlan> memory = PlanMemoryThatPays(network, tiles, target, options);
  if (!memory.ok()) return std::nullopt;
  const Result<FrameCost> cost = MeasureMemory(network, tiles, *memory, target, options);
  return cost.ok() ? std::optional(cost->cycles) : std::nullopt;
}

/// By so much that no other placement turns it round.
bool IsClearlyFaster(const MappedNetwork& network, const TilePlan& plan, const TilePlan& other,
                     const Target& target, const CompilationOptions& options) {
  constexpr int64_t kPercent = 90;
  const Result<Cycles> cycles = MeasureTiles(network, plan, target, options);
  const Result<Cycles> others = MeasureTiles(network, other, target, options);
  return cycles.ok() && others.ok() && cycles->count() * 100 < others->count() * kPercent;
}

TilePlan Alone(TilePlan plan) {
  for (std::vector<size_t> left = StripedGroups(plan); !left.empty(); left = StripedGroups(plan))
    plan = WithoutGroup(plan, left.front());
  return plan;
}

TilePlan FindGroups(const MappedNetwork& network, TilePlan tiles, const Target& target,
                    const CompilationOptions& options) {
  GroupTrials trials(network, Alone(tiles), target, options);
  trials.Add(std::move(tiles));
  const auto add = [&](const GroupSettings& settings) {
    Result<TilePlan> plan = PlanTiles(network, target, options, settings);
    if (plan.ok()) trials.Add(std::move(plan).value());
  };
  add({.l1_share = kLargeGroups, .placement = {}});
  // What groups keep in L1 makes room in L2: once more, with what the best plan really places
  // where.
  Result<MemoryPlan> memory = PlanMemory(network, trials.best(), target, options);
  if (!memory.ok()) return std::move(trials).Best();
  const Placement placement = PlacementOf(*memory, trials.best());
  for (const double share : {GroupSettings{}.l1_share, kLargeGroups})
    add({.l1_share = share, .placement = placement});
  return std::move(trials).Best();
}

}  // namespace

Result<Cycles> MeasureTiles(const MappedNetwork& network, const TilePlan& tiles,
                            const Target& target, const CompilationOptions& options) {
  IMCC_ASSIGN(const MemoryPlan memory, PlanMemory(network, tiles, target, options));
  IMCC_ASSIGN(const FrameCost cost, MeasureMemory(network, tiles, memory, target, options));
  return cost.cycles;
}

TilePlan KeepGroupsThatPay(const MappedNetwork& network, TilePlan tiles, const Target& target,
                           const CompilationOptions& options) {
  if (options.tiling_depth == 1) return tiles;
  TilePlan alone = Alone(tiles);
  TilePlan grouped = FindGroups(network, std::move(tiles), target, options);
  if (StripedGroups(grouped).empty() || IsClearlyFaster(network, grouped, alone, target, options))
    return grouped;
  const std::optional<Cycles> cycles = FinalCycles(network, grouped, target, options);
  const std::optional<Cycles> alone_cycles = FinalCycles(network, alone, target, options);
  const bool alone_pays = alone_cycles && (!cycles || *alone_cycles < *cycles);
  return alone_pays ? std::move(alone) : std::move(grouped);
}

}  // namespace imcc
