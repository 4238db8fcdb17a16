// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Tensors whose rows lie in L2 and DDR by turns: whatever is paged, no output bit changes, nothing
// unwritten is read, and what was planned is what the simulator counts.
#include <random>

#include "compiler/compile.h"
#include "compiler/plan_memory_that_pays.h"
#include "forced_groups.h"

namespace imcc {
namespace {

/// What a plan does with its paged tensors.
struct Seen {
  int both = 0;     // Tensors with rows in L2 and rows in DDR.
  int reloads = 0;  // Pieces copied back to L2.
  int spilled = 0;  // Tensors in DDR alone.
};

Seen Look(const MemoryPlan& plan) {
  Seen seen;
  for (const PagedBuffer& paged : plan.paged) {
    seen.both += !paged.l2.empty() && !paged.ddr.empty() ? 1 : 0;
    seen.spilled += paged.l2.empty() && !paged.ddr.empty() ? 1 : 0;
    for (const RowsInL2& piece : paged.l2) seen.reloads += piece.is_reload ? 1 : 0;
  }
  return seen;
}

/// One random network, in random groups of kernels, with an L1 and L2 that are too small for it.
Seen RunSeed(uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto draw = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
  };
  CompilationOptions options;
  options.l1_constraint = Bytes(draw(60, 120) * 1024);
  options.l2_constraint = Bytes(draw(1, 12) * 16 * 1024 + draw(0, 1) * 1000);
  const StripeSettings settings{.pword = testing::ReadTarget("tiny").pword};
  const auto choose = [&](size_t) {
    return testing::GroupChoice{seed % 3 == 0 ? static_cast<size_t>(draw(1, 4)) : 1, draw(1, 5)};
  };
  const QuantizedGraph graph = testing::RandomGraph(seed, 14, 32);
  const PlacementSettings paging{.page_activations = true, .l2_share = seed % 2 == 0 ? 1 : 0.5};
  const auto plan = testing::PlanRegrouped(graph, options, settings, choose, paging);
  if (!plan) return {};
  const Status placed = Verify(plan->memory);
  EXPECT_TRUE(placed.ok()) << placed.error().Format();
  const Status paged = VerifyPages(plan->memory, plan->mapped);
  EXPECT_TRUE(paged.ok()) << paged.error().Format();
  const auto schedule = testing::RunPlanned(graph, *plan, options, seed);
  EXPECT_TRUE(plan->memory.paging_bound);
  if (schedule && plan->memory.paging_bound) {
    EXPECT_LE(plan->memory.paging_bound->count(), schedule->traffic.pageable_ddr.count());
  }
  return Look(plan->memory);
}

TEST(PagedNetworks, SimulatorEqualsReference) {
  Seen all;
  for (uint64_t seed = 1; seed <= 250; ++seed) {
    SCOPED_TRACE(seed);
    const Seen seen = RunSeed(seed);
    all.both += seen.both;
    all.reloads += seen.reloads;
    all.spilled += seen.spilled;
    if (HasFailure()) break;
  }
  EXPECT_GT(all.both, 30);  // Otherwise it tests little.
  EXPECT_GT(all.spilled, 20);
  EXPECT_GT(all.reloads, 0);
}

/// Wide maps, then narrow ones, then both again: the wide one does not fit L2 in between.
QuantizedGraph LongSkip() {
  testing::GraphBuilder b(5);
  const Window same{.kernel_h = 3, .kernel_w = 3, .padding = {1, 1, 1, 1}};
  const QTensorId x = b.Conv(b.Input(40, 32, 16), 64, {});
  QTensorId y = x;
  for (int i = 0; i < 3; ++i) y = b.Conv(y, 64, same);
  y = b.Elementwise(QElementwise::Kind::kAdd, y, x);
  return b.Build({b.Conv(y, 16, same)});
}

TEST(PagedNetworks, TheReportCountsWhatWasPlannedAndItsBound) {
  CompileRequest request;
  request.target = testing::ReadTarget("tiny");
  const QuantizedGraph network = LongSkip();
  PassRunner runner({});
  const auto compiled = CompileQuantized(network, request, runner);
  ASSERT_TRUE(compiled.ok()) << compiled.error().Format();
  const Report& report = compiled->report;
  EXPECT_EQ(report.planned_ddr_bytes, report.ddr_bytes);
  EXPECT_EQ(report.planned_l2_bytes, report.l2_bytes);
  ASSERT_TRUE(report.ddr_lower_bound);
  EXPECT_LE(*report.ddr_lower_bound, report.planned_ddr_bytes);
}

TEST(PagedNetworks, PagingIsNeverSlower) {
  const Target target = testing::ReadTarget("tiny");
  int faster = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    const QuantizedGraph graph = testing::RandomGraph(seed, 14, 32);
    CompilationOptions options;
    options.l2_constraint = Bytes(65536);
    const auto mapped = MapNetwork(graph, PlainChoices(graph, target), target, options);
    ASSERT_TRUE(mapped.ok());
    const auto tiles = PlanTiles(*mapped, target, options);
    if (!tiles.ok()) continue;
    const auto cycles = [&](bool page_memory) -> Result<Cycles> {
      options.page_memory = page_memory;
      IMCC_ASSIGN(const MemoryPlan plan, PlanMemoryThatPays(*mapped, *tiles, target, options));
      IMCC_ASSIGN(const FrameCost cost, MeasureMemory(*mapped, *tiles, plan, target, options));
      return cost.cycles;
    };
    const auto without = cycles(false);
    const auto with = cycles(true);
    if (!without.ok()) continue;
    ASSERT_TRUE(with.ok()) << with.error().Format();
    EXPECT_LE(with->count(), without->count());
    faster += *with < *without ? 1 : 0;
  }
  EXPECT_GT(faster, 5);
}

}  // namespace
}  // namespace imcc
