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
    if (cycles.ok()) cycles_ = alone_cycles_ = *cycles;
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
  /// Faster than the kernels alone by so much that no other placement turns it round.
  bool IsClearlyBest() const {
    constexpr int64_t kPercent = 90;
    return alone_cycles_ && cycles_->count() * 100 < alone_cycles_->count() * kPercent;
  }
  TilePlan Best() && { return std::move(best_); }

 private:
  Result<Cycles> Measure(const TilePlan& plan) const {
    return MeasureTiles(network_, plan, target_, options_);
  }

  const MappedNetwork& network_;
  const Target& target_;
  const CompilationOptions& options_;
  TilePlan best_;
  std::optional<Cycles> alone_cycles_;  // None: the kernels alone do not fit.
  std::optional<Cycles> cycles_;        // Of the best.
};

/// Cycles with the placement the network gets in the end; the trials take a simpler one.
std::optional<Cycles> FinalCycles(const MappedNetwork& network, const TilePlan& tiles,
                                  const Target& target, const CompilationOptions& options) {
  const Result<MemoryPlan> memory = PlanMemoryThatPays(network, tiles, target, options);
  if (!memory.ok()) return std::nullopt;
  const Result<FrameCost> cost = MeasureMemory(network, tiles, *memory, target, options);
  return cost.ok() ? std::optional(cost->cycles) : std::nullopt;
}

TilePlan Alone(TilePlan plan) {
  for (std::vector<size_t> left = StripedGroups(plan); !left.empty(); left = StripedGroups(plan))
    plan = WithoutGroup(plan, left.front());
  return plan;
}

/// Tries the groups of `tiles` and others.
void TryGroups(const MappedNetwork& network, TilePlan tiles, const Target& target,
               const CompilationOptions& options, GroupTrials& trials) {
  trials.Add(std::move(tiles));
  const auto add = [&](const GroupSettings& settings) {
    Result<TilePlan> plan = PlanTiles(network, target, options, settings);
    if (plan.ok()) trials.Add(std::move(plan).value());
  };
  add({.l1_share = kLargeGroups, .placement = {}});
  // What groups keep in L1 makes room in L2: once more, with what the best plan really places
  // where.
  Result<MemoryPlan> memory = PlanMemory(network, trials.best(), target, options);
  if (!memory.ok()) return;
  const Placement placement = PlacementOf(*memory, trials.best());
  for (const double share : {GroupSettings{}.l1_share, kLargeGroups})
    add({.l1_share = share, .placement = placement});
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
  GroupTrials trials(network, alone, target, options);
  TryGroups(network, std::move(tiles), target, options, trials);
  const bool is_clear = trials.IsClearlyBest();
  TilePlan grouped = std::move(trials).Best();
  if (is_clear || StripedGroups(grouped).empty()) return grouped;
  const std::optional<Cycles> cycles = FinalCycles(network, grouped, target, options);
  const std::optional<Cycles> alone_cycles = FinalCycles(network, alone, target, options);
  const bool alone_pays = alone_cycles && (!cycles || *alone_cycles < *cycles);
  return alone_pays ? std::move(alone) : std::move(grouped);
}

}  // namespace imcc
