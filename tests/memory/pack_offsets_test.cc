// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "memory/pack_offsets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace imcc {
namespace {

Allocation Make(int64_t size, int64_t begin, int64_t end) {
  return {.name = "a", .region = Region::kL1, .size = Bytes(size), .life = {begin, end}};
}

TEST(PackOffsets, BuffersThatNeverMeetShareSpace) {
  std::vector<Allocation> allocations = {Make(128, 0, 2), Make(128, 2, 4), Make(64, 1, 3)};
  ASSERT_TRUE(PackOffsets(allocations, Bytes(192)));
  EXPECT_EQ(allocations[0].offset, allocations[1].offset);
}

TEST(PackOffsets, RefusesWhatIsLiveAtOnceAndTooLarge) {
  std::vector<Allocation> allocations = {Make(128, 0, 2), Make(128, 1, 4)};
  EXPECT_FALSE(PackOffsets(allocations, Bytes(255)));
}

/// A rectangle cut into pieces: whichever order is used, greedy packing wastes some of it.
TEST(PackOffsets, FillsWhatGreedyOrdersCannot) {
  std::vector<Allocation> allocations = {Make(64, 0, 3),  Make(64, 0, 4),  Make(128, 0, 1),
                                         Make(128, 1, 4), Make(256, 3, 4), Make(192, 0, 3)};
  MemoryPlan plan;
  plan.budget.l1 = Bytes(448);
  ASSERT_TRUE(PackOffsets(allocations, plan.budget.l1));
  plan.allocations = allocations;
  EXPECT_TRUE(Verify(plan).ok());
}

TEST(PackOffsets, RandomPackingsPassThePairwiseJudge) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    MemoryPlan plan;
    plan.budget.l1 = Bytes(8192);
    for (int i = 0; i < 20; ++i) {
      const auto begin = static_cast<int64_t>(random() % 10);
      plan.allocations.push_back(Make(1 + static_cast<int64_t>(random() % 700), begin,
                                      begin + 1 + static_cast<int64_t>(random() % 5)));
    }
    if (PackOffsets(plan.allocations, plan.budget.l1)) {
      EXPECT_TRUE(Verify(plan).ok()) << round;
    }
  }
}

/// Short and lasting ones beside each other: what is near in time is looked up, not all of it.
TEST(PackOffsets, LongPlansPassThePairwiseJudge) {
  std::mt19937 random(2);
  for (const int64_t longest : {3, 40, 700}) {
    MemoryPlan plan;
    plan.budget.l1 = Bytes(1 << 20);
    for (int64_t step = 0; step < 600; ++step) {
      const int64_t life = step % 50 == 0 ? longest : 1 + static_cast<int64_t>(random() % 4);
      plan.allocations.push_back(Make(1 + static_cast<int64_t>(random() % 700), step, step + life));
    }
    ASSERT_TRUE(PackGreedily(plan.allocations, plan.budget.l1, 2));
    EXPECT_TRUE(Verify(plan).ok()) << longest;
  }
}

TEST(MemoryJudge, NoticesAnOverlapAndABudget) {
  MemoryPlan plan;
  plan.budget.l1 = Bytes(256);
  plan.allocations = {Make(128, 0, 2), Make(128, 1, 3)};
  EXPECT_FALSE(Verify(plan).ok());
  plan.allocations[1].offset = Bytes(128);
  EXPECT_TRUE(Verify(plan).ok());
  plan.allocations[1].size = Bytes(129);
  EXPECT_FALSE(Verify(plan).ok());
}

}  // namespace
}  // namespace imcc
