// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "offsets/offsets.h"
#include "offsets/perfect_packing.h"
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
    {"bottom_up", &SearchTricks::bottom_up},
    {"tightest_first", &SearchTricks::tightest_first},
    {"tightest_section", &SearchTricks::tightest_section},
    {"blame_sections", &SearchTricks::blame_sections},
    {"split_in_parts", &SearchTricks::split_in_parts},
    {"not_first", &SearchTricks::not_first},
    {"fillable_walls", &SearchTricks::fillable_walls},
    {"close_corners", &SearchTricks::close_corners},
    {"restart", &SearchTricks::restart},
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

/// Of the tricks by which two searches are made, as bits of `off`.
size_t BitOf(const char* name) {
  for (size_t i = 0; i < kTrickCount; ++i)
    if (std::string_view(name) == kTricks[i].name) return size_t{1} << i;
  ADD_FAILURE() << name;
  return 0;
}

TEST(SearchTricks, EachSearchAloneStaysExact) {
  for (const char* search : {"bottom_up", "tightest_first"}) {
    SCOPED_TRACE(search);
    ExpectExact(BitOf(search), 200, 300);
  }
}

TEST(SearchTricks, EachOneOffInEachSearchStaysExact) {
  for (const char* search : {"bottom_up", "tightest_first"}) {
    for (size_t i = 0; i < kTrickCount; ++i) {
      SCOPED_TRACE(std::string(search) + " and " + kTricks[i].name);
      ExpectExact(BitOf(search) | size_t{1} << i, 300 + i, 60);
    }
  }
}

TEST(SearchTricks, AnyCombinationStaysExact) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 600; ++round) {
    const size_t off = random() % (size_t{1} << kTrickCount);
    SCOPED_TRACE(off);
    ExpectExact(off, static_cast<uint64_t>(round), 4);
  }
}

/// Larger problems that have a plan without slack, with each trick off: whatever is found is valid.
TEST(SearchTricks, EachOneOffGivesValidPlans) {
  const testing::PackingShape shape{.buffers = 60, .times = 60};
  const std::vector<Placeable> buffers = testing::CutPerfectly(shape);
  for (size_t i = 0; i < kTrickCount; ++i) {
    OffsetOptions options = Without(size_t{1} << i | BitOf("bottom_up"));
    options.max_steps = 3'000'000;
    const OffsetPlan plan = PlanOffsets(buffers, shape.capacity, options);
    EXPECT_TRUE(Verify(buffers, plan).ok()) << kTricks[i].name;
    EXPECT_NE(plan.verdict, Verdict::kImpossible) << kTricks[i].name;
  }
}

struct NoLower {
  std::vector<Placeable> buffers;
  Bytes lowest;  // Above the live bytes.
};

std::vector<NoLower> DrawNoLower() {
  std::mt19937_64 random(20);
  std::vector<NoLower> problems;
  for (int round = 0; round < 200; ++round) {
    const auto buffers = KeepFull(16, 40, random);
    const Bytes lowest = PlanOffsets(buffers, kLowestPeak).peak;
    if (lowest > MostLiveBytes(buffers).most) problems.push_back({buffers, lowest});
  }
  return problems;
}

/// Steps for the proofs that none of the problems has a lower peak.
int64_t StepsOfProofs(const std::vector<NoLower>& problems, size_t off) {
  int64_t steps = 0;
  for (const NoLower& problem : problems)
    steps += PlanOffsets(problem.buffers, problem.lowest - Bytes(1), Without(off)).steps;
  return steps;
}

/// A trick that never saves a step would be dead weight. Proofs, since luck plays no part in them.
TEST(SearchTricks, SaveStepsOnProofs) {
  const std::vector<NoLower> problems = DrawNoLower();
  const size_t bottom_up = BitOf("tightest_first");  // Alone.
  for (const char* trick : {"canonical_order", "skip_dominated", "stack_by_release",
                            "raise_unsupported", "order_twins"})
    EXPECT_LT(StepsOfProofs(problems, bottom_up), StepsOfProofs(problems, bottom_up | BitOf(trick)))
        << trick;
  const size_t tightest_first = BitOf("bottom_up");
  for (const char* trick : {"not_first", "fillable_walls"})
    EXPECT_LT(StepsOfProofs(problems, tightest_first),
              StepsOfProofs(problems, tightest_first | BitOf(trick)))
        << trick;
}

/// What the others save shows where plans are found.
TEST(SearchTricks, SaveStepsOnPerfectPackings) {
  const auto steps = [](size_t off) {
    int64_t sum = 0;
    for (int number = 0; number < 12; ++number) {
      const testing::PackingShape shape{

          .buffers = 120, .times = 120, .seed = static_cast<uint64_t>(1000 + number)};
      OffsetOptions options = Without(off | BitOf("bottom_up"));
      options.max_steps = 5'000'000;
      sum += PlanOffsets(testing::CutPerfectly(shape), shape.capacity, options).steps;
    }
    return sum;
  };
  for (const char* trick : {"tightest_section", "blame_sections", "split_in_parts",
                            "fillable_walls", "close_corners", "restart"})
    EXPECT_LT(steps(0), steps(BitOf(trick))) << trick;
}

}  // namespace
}  // namespace imcc
