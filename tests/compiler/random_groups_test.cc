// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Depth-first tiling wherever it is legal, whether it pays or not: random groups of random networks
// in random numbers of stripes give the bits of the reference executor, and the checker is silent.
#include <random>

#include "forced_groups.h"

namespace imcc {
namespace {

/// Tasks whose input rows go round the end of their line buffers.
int TasksWithARing(const std::vector<Task>& tasks) {
  const auto has_ring = [](const Task& task) {
    const auto* mvm = std::get_if<MvmTask>(&task.payload);
    const auto* window = std::get_if<WindowTask>(&task.payload);
    const auto* resize = std::get_if<ResizeTask>(&task.payload);
    return (mvm && mvm->ring.rows > 0) || (window && window->ring.rows > 0) ||
           (resize && resize->ring.rows > 0);
  };
  return static_cast<int>(std::count_if(tasks.begin(), tasks.end(), has_ring));
}

/// Runs one random network in random groups; returns its tasks with rings, or -1 if it does not
/// fit.
int RunGroupsOfSeed(uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto draw = [&](int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random);
  };
  CompilationOptions options;
  options.icrx_force = static_cast<int64_t>(1 + seed % 4);
  // In a small L1 most tensors live in L2, and rows come and go.
  if (seed % 2 == 0) options.l1_constraint = Bytes(150 * 1024);
  const StripeSettings settings{.pword = testing::ReadTarget("tiny").pword,
                                .double_buffer = seed % 3 != 0};
  const auto choose = [&](size_t) {
    return testing::GroupChoice{static_cast<size_t>(draw(1, 6)), draw(1, 9),
                                seed % 2 == 0 ? draw(1, 4) : 1};
  };
  const auto schedule =
      testing::RunRegrouped(testing::RandomGraph(seed, 12, 24), options, settings, choose, seed);
  return schedule ? TasksWithARing(schedule->tasks) : -1;
}

TEST(RandomGroups, SimulatorEqualsReference) {
  int with_rings = 0;
  int too_large = 0;
  for (uint64_t seed = 1; seed <= 120; ++seed) {
    SCOPED_TRACE(seed);
    const int rings = RunGroupsOfSeed(seed);
    with_rings += rings > 0 ? 1 : 0;
    too_large += rings < 0 ? 1 : 0;
    if (HasFailure()) break;
  }
  EXPECT_GT(with_rings, 60);  // Otherwise it tests little.
  EXPECT_LT(too_large, 20);
}

}  // namespace
}  // namespace imcc
