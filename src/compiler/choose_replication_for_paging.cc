// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/choose_replication_for_paging.h"

#include <algorithm>

#include "compiler/plan_memory_that_pays.h"
#include "tiling/tiling.h"

namespace imcc {

namespace {

bool AreSame(const MappingChoices& a, const MappingChoices& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const ConvolutionChoice& x, const ConvolutionChoice& y) {
                      return x.on_array == y.on_array && x.replicas == y.replicas &&
                             x.groups_per_block == y.groups_per_block;
                    });
}

/// Cycles of a frame with every kernel alone.
Result<Cycles> Measure(const QuantizedGraph& graph, const MappingChoices& choices,
                       const Target& target, CompilationOptions options) {
  options.tiling_depth = 1;
  IMCC_ASSIGN(const MappedNetwork mapped, MapNetwork(graph, choices, target, options));
  IMCC_ASSIGN(const TilePlan tiles, PlanTiles(mapped, target, options));
  IMCC_ASSIGN(const MemoryPlan memory, PlanMemoryThatPays(mapped, tiles, target, options));
  IMCC_ASSIGN(const FrameCost cost, MeasureMemory(mapped, tiles, memory, target, options));
  return cost.cycles;
}

}  // namespace

MappingChoices ChooseReplicationForPaging(const QuantizedGraph& graph, const Target& target,
                                          const CompilationOptions& options) {
  MappingChoices choices = ChooseReplication(graph, target, options);
  if (!options.page_memory) return choices;
  CompilationOptions whole = options;
  whole.page_memory = false;
  MappingChoices others = ChooseReplication(graph, target, whole);
  if (AreSame(choices, others)) return choices;
  const Result<Cycles> cycles = Measure(graph, choices, target, options);
  const Result<Cycles> other_cycles = Measure(graph, others, target, options);
  const bool others_pay = other_cycles.ok() && (!cycles.ok() || *other_cycles < *cycles);
  return others_pay ? others : choices;
}

}  // namespace imcc
