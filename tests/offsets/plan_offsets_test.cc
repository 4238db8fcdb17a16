// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "offsets/offsets.h"
#include "offsets/random_buffers.h"

namespace imcc {
namespace {

using testing::CutRectangle;
using testing::DrawBuffers;
using testing::KeepFull;
using testing::LowestPeakByEnumeration;
using testing::Make;
using Verdict = OffsetPlan::Verdict;

/// The example of MiniMalloc's README.
const std::vector<Placeable> kExample = {Make(0, 3, 4), Make(3, 9, 4), Make(0, 9, 4),
                                         Make(9, 21, 4), Make(0, 21, 4)};

TEST(PlanOffsets, NothingNeedsNothing) {
  const OffsetPlan plan = PlanOffsets({}, Bytes(0));
  EXPECT_EQ(plan.verdict, Verdict::kFits);
  EXPECT_EQ(plan.peak, Bytes(0));
  EXPECT_TRUE(plan.optimal());
}

TEST(PlanOffsets, ExampleOfMiniMallocFitsTwelveBytes) {
  const OffsetPlan plan = PlanOffsets(kExample, Bytes(12));
  EXPECT_EQ(plan.verdict, Verdict::kFits);
  EXPECT_EQ(plan.peak, Bytes(12));
  EXPECT_EQ(PlanOffsets(kExample, kLowestPeak).peak, Bytes(12));
}

TEST(PlanOffsets, OneByteLessIsProvedImpossibleAtOnce) {
  const OffsetPlan plan = PlanOffsets(kExample, Bytes(11));
  EXPECT_EQ(plan.verdict, Verdict::kImpossible);
  EXPECT_EQ(plan.lower_bound, Bytes(12));
  EXPECT_LT(plan.steps, 100);
}

TEST(PlanOffsets, ABufferLargerThanTheCapacityIsImpossible) {
  EXPECT_EQ(PlanOffsets({Make(0, 1, 5)}, Bytes(4)).verdict, Verdict::kImpossible);
}

TEST(PlanOffsets, BuffersWithoutBytesTakeNoPlace) {
  const OffsetPlan plan = PlanOffsets({Make(0, 9, 0), Make(0, 9, 4), Make(2, 3, 0)}, Bytes(4));
  EXPECT_EQ(plan.verdict, Verdict::kFits);
  EXPECT_EQ(plan.offsets, std::vector<Bytes>(3, Bytes(0)));
}

TEST(PlanOffsets, KeepsAlignments) {
  const OffsetPlan plan =
      PlanOffsets({Make(0, 2, 3, 64), Make(0, 2, 5, 64), Make(1, 3, 7, 2)}, kLowestPeak);
  EXPECT_EQ(plan.offsets[0].count() % 64, 0);
  EXPECT_EQ(plan.offsets[1].count() % 64, 0);
  EXPECT_EQ(plan.peak, Bytes(67));  // The third one fits between the other two.
}

TEST(PlanOffsets, LowestPeakMayExceedTheLiveBytes) {
  std::mt19937_64 random(3);
  int above = 0;
  for (int round = 0; round < 200; ++round) {
    const auto buffers = KeepFull(14, 40, random);
    const OffsetPlan plan = PlanOffsets(buffers, kLowestPeak);
    EXPECT_EQ(MostLiveBytes(buffers).most, Bytes(40));
    above += plan.peak > Bytes(40) ? 1 : 0;
    EXPECT_TRUE(plan.optimal()) << round;
  }
  EXPECT_GT(above, 5);
}

TEST(PlanOffsets, EqualsEnumerationWhereNoTimeIsLoose) {
  std::mt19937_64 random(12);
  int above = 0;
  for (int round = 0; round < 150; ++round) {
    const auto buffers = KeepFull(10, 40, random);
    const OffsetPlan plan = PlanOffsets(buffers, kLowestPeak);
    EXPECT_EQ(plan.peak, LowestPeakByEnumeration(buffers)) << round;
    above += plan.peak > Bytes(40) ? 1 : 0;
  }
  EXPECT_GT(above, 0);
}

TEST(PlanOffsets, FewStepsStillGiveAValidPlan) {
  std::mt19937_64 random(4);
  const auto buffers = CutRectangle(60, 1000, 1000, random);
  const OffsetPlan plan = PlanOffsets(buffers, Bytes(1000), {.max_steps = 1});
  EXPECT_EQ(plan.verdict, Verdict::kGaveUp);
  EXPECT_TRUE(Verify(buffers, plan).ok());
}

TEST(PlanOffsets, StepsAreKeptWithinTheLimit) {
  std::mt19937_64 random(5);
  const auto buffers = CutRectangle(400, 5000, 1 << 20, random);
  const OffsetPlan plan = PlanOffsets(buffers, Bytes(1 << 20), {.max_steps = 3'000'000});
  EXPECT_LT(plan.steps, 4'000'000);
}

TEST(PlanOffsets, SameInputSamePlan) {
  std::mt19937_64 random(6);
  const auto buffers = CutRectangle(80, 300, 5000, random);
  const OffsetOptions options{.max_steps = 20'000'000};
  const OffsetPlan once = PlanOffsets(buffers, Bytes(5000), options);
  const OffsetPlan again = PlanOffsets(buffers, Bytes(5000), options);
  EXPECT_EQ(once.offsets, again.offsets);
  EXPECT_EQ(once.steps, again.steps);
}

TEST(PlanOffsets, RefillsRectanglesThatWereCutWithoutAHole) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 20; ++round) {
    const auto buffers = CutRectangle(30, 100, 1000, random);
    EXPECT_EQ(PlanOffsets(buffers, Bytes(1000)).verdict, Verdict::kFits) << round;
  }
}

TEST(PlanOffsets, EqualsEnumerationOnSmallProblems) {
  std::mt19937_64 random(8);
  for (int round = 0; round < 300; ++round) {
    const auto buffers = DrawBuffers({.count = 7, .max_alignment = round % 2 == 0 ? 1 : 4}, random);
    const Bytes lowest = LowestPeakByEnumeration(buffers);
    const OffsetPlan plan = PlanOffsets(buffers, kLowestPeak);
    EXPECT_EQ(plan.peak, lowest) << round;
    EXPECT_TRUE(plan.optimal()) << round;
    EXPECT_EQ(PlanOffsets(buffers, lowest).verdict, Verdict::kFits) << round;
    if (lowest.count() == 0) continue;
    EXPECT_EQ(PlanOffsets(buffers, lowest - Bytes(1)).verdict, Verdict::kImpossible) << round;
  }
}

TEST(PlanOffsets, EachPhaseAloneIsValid) {
  std::mt19937_64 random(9);
  for (int round = 0; round < 50; ++round) {
    const auto buffers =
        DrawBuffers({.count = 60, .times = 40, .max_life = 12, .max_size = 300}, random);
    const OffsetPlan best_fit = PlanOffsets(buffers, kLowestPeak, {.max_steps = 1});
    const OffsetPlan climb =
        PlanOffsets(buffers, kLowestPeak, {.max_steps = 10'000'000, .branch_and_bound = false});
    const OffsetPlan search = PlanOffsets(buffers, kLowestPeak, {.max_steps = 10'000'000});
    EXPECT_EQ(best_fit.phase, OffsetPhase::kBestFit);
    EXPECT_LE(climb.peak, best_fit.peak);
    EXPECT_LE(search.peak, climb.peak);
    for (const OffsetPlan& plan : {best_fit, climb, search})
      EXPECT_TRUE(Verify(buffers, plan).ok()) << round;
  }
}

TEST(PlanOffsets, NetworkOfTwoThousandBuffersIsProvedLowest) {
  std::mt19937_64 random(1);
  const auto buffers = testing::DrawNetwork(2000, random);
  const OffsetPlan plan = PlanOffsets(buffers, kLowestPeak, {.max_steps = kLowestPeakSteps});
  EXPECT_TRUE(plan.optimal());
  EXPECT_LT(plan.steps, 50'000'000);
}

TEST(PlanOffsets, ManyBuffersAreServedByBestFit) {
  std::mt19937_64 random(10);
  const auto buffers =
      DrawBuffers({.count = 100'000, .times = 1000, .max_life = 500, .max_size = 100'000}, random);
  const OffsetPlan plan = PlanOffsets(buffers, kLowestPeak);
  EXPECT_EQ(plan.phase, OffsetPhase::kBestFit);
  EXPECT_LT(plan.peak.count(), 2 * plan.lower_bound.count());
}

}  // namespace
}  // namespace imcc
