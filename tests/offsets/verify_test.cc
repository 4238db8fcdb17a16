// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "offsets/offsets.h"
#include "offsets/random_buffers.h"

namespace imcc {
namespace {

using testing::Make;

OffsetPlan At(std::vector<Bytes> offsets, int64_t peak) {
  OffsetPlan plan;
  plan.offsets = std::move(offsets);
  plan.peak = Bytes(peak);
  return plan;
}

TEST(OffsetJudge, SeesWhatIsWrong) {
  const std::vector<Placeable> buffers = {Make(0, 2, 4), Make(1, 3, 4, 2)};
  EXPECT_TRUE(Verify(buffers, At({Bytes(0), Bytes(4)}, 8)).ok());
  EXPECT_FALSE(Verify(buffers, At({Bytes(0), Bytes(2)}, 6)).ok()) << "overlap";
  EXPECT_FALSE(Verify(buffers, At({Bytes(0), Bytes(5)}, 9)).ok()) << "alignment";
  EXPECT_FALSE(Verify(buffers, At({Bytes(-4), Bytes(0)}, 4)).ok()) << "negative";
  EXPECT_FALSE(Verify(buffers, At({Bytes(0), Bytes(4)}, 7)).ok()) << "peak";
  EXPECT_FALSE(Verify(buffers, At({Bytes(0)}, 4)).ok()) << "one missing";
}

TEST(OffsetJudge, BuffersThatOnlyTouchDoNotOverlap) {
  EXPECT_TRUE(Verify({Make(0, 2, 4), Make(2, 3, 4)}, At({Bytes(0), Bytes(0)}, 4)).ok());
}

/// The judge for many buffers must say what the pairwise one says: the same problem, once alone and
/// once with so many others far away in time that the other judge is used.
TEST(OffsetJudge, BothWaysAgree) {
  std::mt19937_64 random(1);
  int wrong = 0;
  for (int round = 0; round < 60; ++round) {
    auto buffers = testing::DrawBuffers({.count = 5}, random);
    std::vector<Bytes> offsets;
    for (size_t i = 0; i < buffers.size(); ++i)
      offsets.emplace_back(static_cast<int64_t>(random() % 30));
    const auto verdict = [&] {
      int64_t peak = 0;
      for (size_t i = 0; i < buffers.size(); ++i)
        peak = std::max(peak, (offsets[i] + buffers[i].size).count());
      return Verify(buffers, At(offsets, peak)).ok();
    };
    const bool few = verdict();
    for (size_t i = 0; i <= kPairwiseLimit; ++i) {
      const auto begin = static_cast<int64_t>(100 + i);
      buffers.push_back(Make(begin, begin + 1, 1));
      offsets.emplace_back(0);
    }
    EXPECT_EQ(verdict(), few) << round;
    wrong += few ? 0 : 1;
  }
  EXPECT_GT(wrong, 5);
  EXPECT_LT(wrong, 55);
}

TEST(OffsetJudge, RefusesBuffersThatMakeNoSense) {
  EXPECT_TRUE(CheckPlaceables({Make(0, 1, 0)}).ok());
  EXPECT_FALSE(CheckPlaceables({Make(1, 1, 4)}).ok());
  EXPECT_FALSE(CheckPlaceables({Make(0, 1, -4)}).ok());
  EXPECT_FALSE(CheckPlaceables({Make(0, 1, 4, 0)}).ok());
  const int64_t half = kMaxTotalSize.count() / 2;
  EXPECT_TRUE(CheckPlaceables({Make(0, 1, half)}).ok());
  EXPECT_FALSE(CheckPlaceables({Make(0, 1, half), Make(0, 1, half)}).ok());
  EXPECT_FALSE(CheckPlaceables({Make(0, 1, INT64_MAX)}).ok());
}

}  // namespace
}  // namespace imcc
