// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/weight_sets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace imcc {
namespace {

TEST(WeightSets, AResidentTileIsNotLoadedAgain) {
  WeightSets sets(4, 512);
  EXPECT_TRUE(sets.Use(0, 0, 512).load);
  EXPECT_TRUE(sets.Use(0, 1, 512).load);
  EXPECT_FALSE(sets.Use(0, 0, 512).load);
  EXPECT_EQ(sets.Use(0, 1, 512).set, 1);
}

TEST(WeightSets, TheSetUnusedForLongestIsRefilled) {
  WeightSets sets(2, 512);
  sets.Use(0, 0, 512);
  sets.Use(0, 1, 512);
  sets.Use(0, 0, 512);
  EXPECT_EQ(sets.Use(1, 0, 512).set, 1);
  EXPECT_FALSE(sets.Use(0, 0, 512).load);
  EXPECT_TRUE(sets.Use(0, 1, 512).load);
}

/// The fewest loads any policy needs for a sequence that must not refill the set used last: all
/// choices of a victim, tried out.
int FewestLoads(const std::vector<int>& uses, size_t next, std::vector<int> sets, int last) {
  if (next == uses.size()) return 0;
  for (size_t i = 0; i < sets.size(); ++i)
    if (sets[i] == uses[next]) return FewestLoads(uses, next + 1, sets, static_cast<int>(i));
  int best = static_cast<int>(uses.size());
  for (size_t i = 0; i < sets.size(); ++i) {
    if (static_cast<int>(i) == last) continue;
    std::vector<int> refilled = sets;
    refilled[i] = uses[next];
    best = std::min(best, 1 + FewestLoads(uses, next + 1, refilled, static_cast<int>(i)));
  }
  return best;
}

TEST(WeightSets, ThereAndBackNeedsNoMoreLoadsThanAnyPolicy) {
  for (int sets = 2; sets <= 4; ++sets) {
    for (int tiles = 1; tiles <= 6; ++tiles) {
      std::vector<int> uses;
      for (int pass = 0; pass < (sets < 4 ? 3 : 2); ++pass)
        for (int i = 0; i < tiles; ++i) uses.push_back(pass % 2 == 0 ? i : tiles - 1 - i);
      WeightSets policy(sets, 512);
      int loads = 0;
      for (const int tile : uses) loads += policy.Use(0, tile, 512).load ? 1 : 0;
      EXPECT_EQ(loads, FewestLoads(uses, 0, std::vector<int>(static_cast<size_t>(sets), -1), -1))
          << sets << " sets, " << tiles << " tiles";
    }
  }
}

/// Loads of kernels with one tile each that take turns, round after round.
int LoadsOfRounds(int sets, int kernels, int rounds, bool told) {
  std::vector<int64_t> turns;
  for (int round = 0; round < rounds; ++round)
    for (int kernel = 0; kernel < kernels; ++kernel) turns.push_back(kernel);
  WeightSets policy(sets, 512);
  if (told) policy.Expect(turns);
  int loads = 0;
  for (const int64_t kernel : turns) {
    policy.NextTurn();
    loads += policy.Use(kernel, 0, 512).load ? 1 : 0;
  }
  return loads;
}

// Least-recently-used loads everything in every round as soon as one kernel is too many.
TEST(WeightSets, KernelsThatTakeTurnsNeedNoMoreLoadsThanWithAnyPolicy) {
  EXPECT_EQ(LoadsOfRounds(4, 5, 4, /*told=*/false), 20);
  for (int sets = 2; sets <= 4; ++sets)
    for (int kernels = 1; kernels <= 6; ++kernels) {
      const int rounds = sets < 4 ? 3 : 2;
      std::vector<int> uses;
      for (int i = 0; i < rounds * kernels; ++i) uses.push_back(i % kernels);
      EXPECT_EQ(LoadsOfRounds(sets, kernels, rounds, /*told=*/true),
                FewestLoads(uses, 0, std::vector<int>(static_cast<size_t>(sets), -1), -1))
          << sets << " sets, " << kernels << " kernels";
    }
}

// Four tiles of 128 columns stand side by side; the fifth takes the other set.
TEST(WeightSets, NarrowTilesOfAKernelShareASet) {
  WeightSets sets(2, 512);
  for (int64_t tile = 0; tile < 4; ++tile) {
    const WeightSets::Choice choice = sets.Use(0, tile, 128);
    EXPECT_EQ(choice.set, 0);
    EXPECT_EQ(choice.column0, 128 * tile);
    EXPECT_TRUE(choice.load);
  }
  EXPECT_EQ(sets.Use(0, 4, 128).set, 1);
  EXPECT_FALSE(sets.Use(0, 2, 128).load);
  EXPECT_EQ(sets.Use(1, 0, 128).set, 1) << "other kernels' tiles are replaced, not joined";
}

}  // namespace
}  // namespace imcc
