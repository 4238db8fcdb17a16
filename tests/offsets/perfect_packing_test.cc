// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "offsets/perfect_packing.h"

#include <gtest/gtest.h>

#include "offsets/sections.h"

namespace imcc {
namespace {

using testing::CutPerfectly;
using testing::kPackingFamily;
using testing::PackingOfFamily;
using testing::PackingShape;
using Verdict = OffsetPlan::Verdict;

TEST(PerfectPacking, LeavesNoSlackAtAnyTime) {
  for (int number = 0; number < kPackingFamily; ++number) {
    const PackingShape shape = PackingOfFamily(number);
    const std::vector<Placeable> buffers = CutPerfectly(shape);
    EXPECT_EQ(buffers.size(), shape.buffers);
    for (const Bytes live : CutIntoSections(buffers, /*only_maximal=*/false).live)
      ASSERT_EQ(live, shape.capacity) << number;
  }
}

TEST(PerfectPacking, FamilyHasFewAndManyBuffers) {
  EXPECT_EQ(PackingOfFamily(0).buffers, 50U);
  EXPECT_EQ(PackingOfFamily(kPackingFamily - 1).buffers, 400U);
}

/// The whole family is in benchmarks/memplan.
TEST(PerfectPacking, EveryTwentiethIsSolved) {
  for (int number = 0; number < kPackingFamily; number += 20) {
    const PackingShape shape = PackingOfFamily(number);
    const std::vector<Placeable> buffers = CutPerfectly(shape);
    const OffsetPlan plan = PlanOffsets(buffers, shape.capacity, {.max_steps = 100'000'000});
    EXPECT_EQ(plan.verdict, Verdict::kFits) << number;
    EXPECT_TRUE(Verify(buffers, plan).ok()) << number;
  }
}

/// Five pieces around each other: no straight cut takes them apart.
TEST(PerfectPacking, PinwheelIsSolved) {
  const PackingShape shape{.buffers = 5, .pinwheel_percent = 100, .seed = 3};
  const std::vector<Placeable> buffers = CutPerfectly(shape);
  EXPECT_EQ(PlanOffsets(buffers, shape.capacity).verdict, Verdict::kFits);
}

}  // namespace
}  // namespace imcc
