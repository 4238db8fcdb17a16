// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "offsets/sections.h"

#include <gtest/gtest.h>

#include "offsets/random_buffers.h"

namespace imcc {
namespace {

using testing::Make;

TEST(Sections, EndAtEveryBeginAndEnd) {
  const Sections sections =
      CutIntoSections({Make(0, 10, 1), Make(2, 4, 2)}, /*only_maximal=*/false);
  EXPECT_EQ(sections.live, (std::vector<Bytes>{Bytes(1), Bytes(3), Bytes(1)}));
  EXPECT_EQ(sections.span[0], (Interval<int32_t>{0, 3}));
  EXPECT_EQ(sections.span[1], (Interval<int32_t>{1, 2}));
}

TEST(Sections, OnlyTheMaximalOnesStay) {
  const Sections sections = CutIntoSections({Make(0, 10, 1), Make(2, 4, 2), Make(6, 10, 5)},
                                            /*only_maximal=*/true);
  EXPECT_EQ(sections.live, (std::vector<Bytes>{Bytes(3), Bytes(6)}));
  EXPECT_EQ(sections.span[0], (Interval<int32_t>{0, 2}));
  EXPECT_EQ(sections.span[2], (Interval<int32_t>{1, 2}));
}

TEST(Sections, GapsInTimeSplit) {
  const auto groups = SplitAtGaps({Make(5, 9, 1), Make(0, 3, 1), Make(3, 5, 1), Make(2, 3, 1)});
  EXPECT_EQ(groups, (std::vector<std::vector<size_t>>{{1, 3}, {2}, {0}}));
}

TEST(Sections, NeighborsCollideAndAreCounted) {
  const Sections sections =
      CutIntoSections({Make(0, 3, 1), Make(2, 5, 1), Make(3, 6, 1)}, /*only_maximal=*/true);
  const auto neighbors = FindNeighbors(sections, 2);
  ASSERT_TRUE(neighbors);
  EXPECT_EQ((*neighbors)[0], (std::vector<int32_t>{1}));
  EXPECT_EQ((*neighbors)[1], (std::vector<int32_t>{0, 2}));
  EXPECT_FALSE(FindNeighbors(sections, 1));
}

TEST(Sections, MostLiveBytesSaysWhen) {
  const LiveBytes live = MostLiveBytes({Make(0, 10, 1), Make(7, 8, 2), Make(4, 5, 2)});
  EXPECT_EQ(live.most, Bytes(3));
  EXPECT_EQ(live.when, 4);
}

}  // namespace
}  // namespace imcc
