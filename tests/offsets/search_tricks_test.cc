// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "offsets/offsets.h"
#include "offsets/random_buffers.h"

namespace imcc {
namespace {

using testing::DrawBuffers;
using testing::KeepFull;
using testing::LowestPeakByEnumeration;
using Verdict = OffsetPlan::Verdict;

struct Trick {
  const char* name;
  bool SearchTricks::*flag;
};

constexpr Trick kTricks[] = {
    {"split_at_gaps", &SearchTricks::split_at_gaps},
    {"only_maximal_sections", &SearchTricks::only_maximal_sections},
    {"canonical_order", &SearchTricks::canonical_order},
    {"skip_dominated", &SearchTricks::skip_dominated},
    {"stack_by_release", &SearchTricks::stack_by_release},
    {"raise_unsupported", &SearchTricks::raise_unsupported},
    {"remember_dead_ends", &SearchTricks::remember_dead_ends},
    {"order_twins", &SearchTricks::order_twins},
    {"several_orders", &SearchTricks::several_orders},
};
constexpr size_t kTrickCount = std::size(kTricks);

/// Bit i of `off` switches trick i off. The exact search alone, so that nothing hides its mistakes.
OffsetOptions Without(size_t off) {
  OffsetOptions options{.max_steps = 100'000'000, .hill_climb = false};
  for (size_t i = 0; i < kTrickCount; ++i)
    if ((off >> i & 1) != 0) options.tricks.*kTricks[i].flag = false;
  return options;
}

void ExpectExact(size_t off, uint64_t seed, int rounds) {
  std::mt19937_64 random(seed);
  for (int round = 0; round < rounds; ++round) {
    const auto buffers = DrawBuffers(
        {.count = 6, .max_size = round % 3 == 0 ? 2 : 12, .max_alignment = round % 2 == 0 ? 1 : 4},
        random);
    const Bytes lowest = LowestPeakByEnumeration(buffers);
    EXPECT_EQ(PlanOffsets(buffers, lowest, Without(off)).verdict, Verdict::kFits) << round;
    if (lowest.count() == 0) continue;
    EXPECT_EQ(PlanOffsets(buffers, lowest - Bytes(1), Without(off)).verdict, Verdict::kImpossible)
        << round;
  }
}

TEST(SearchTricks, EachOneOffStaysExact) {
  for (size_t i = 0; i < kTrickCount; ++i) {
    SCOPED_TRACE(kTricks[i].name);
    ExpectExact(size_t{1} << i, i, 60);
  }
}

TEST(SearchTricks, EachOneAloneStaysExact) {
  const size_t all = (size_t{1} << kTrickCount) - 1;
  for (size_t i = 0; i < kTrickCount; ++i) {
    SCOPED_TRACE(kTricks[i].name);
    ExpectExact(all & ~(size_t{1} << i), 100 + i, 30);
  }
  SCOPED_TRACE("none");
  ExpectExact(all, 99, 30);
}

TEST(SearchTricks, EveryCombinationStaysExact) {
  for (size_t off = 0; off < size_t{1} << kTrickCount; ++off) {
    SCOPED_TRACE(off);
    ExpectExact(off, 1000 + off, 4);
  }
}

/// A trick that never saves a step would be dead weight. Proofs, since luck plays no part in them.
TEST(SearchTricks, SaveStepsOnProofs) {
  for (const size_t i : {2U, 3U, 4U, 5U, 7U}) {
    std::mt19937_64 random(20);
    int64_t with = 0;
    int64_t without = 0;
    for (int round = 0; round < 200; ++round) {
      const auto buffers = KeepFull(16, 40, random);
      const Bytes lowest = PlanOffsets(buffers, kLowestPeak).peak;
      if (lowest == MostLiveBytes(buffers).most) continue;
      with += PlanOffsets(buffers, lowest - Bytes(1), Without(0)).steps;
      without += PlanOffsets(buffers, lowest - Bytes(1), Without(size_t{1} << i)).steps;
    }
    EXPECT_LT(with, without) << kTricks[i].name;
  }
}

}  // namespace
}  // namespace imcc
