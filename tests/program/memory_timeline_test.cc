// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "program/memory_timeline.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

/// Three layers. A tensor in two memories, one in L2 in two parts that follow each other.
Program SampleProgram() {
  Program program;
  program.layers = {{"a", "Conv"}, {"b", "Conv"}, {"c", "Add"}};
  program.memory = {.l1 = Bytes(100), .l2 = Bytes(1000), .ddr = Bytes(5000), .blocks = {}};
  program.memory.blocks = {{"y", {Region::kL2, 0}, Bytes(300), {1, 3}},
                           {"x", {Region::kL2, 300}, Bytes(100), {0, 1}},
                           {"x", {Region::kL2, 400}, Bytes(120), {1, 2}},
                           {"y", {Region::kDdr, 64}, Bytes(50), {1, 3}}};
  return program;
}

TEST(SummarizeMemory, AddsUpWhatIsLiveInEachLayer) {
  const MemoryTimeline use = SummarizeMemory(SampleProgram());
  ASSERT_EQ(use.levels.size(), 3U);
  const LevelUse& l2 = use.levels[1];
  EXPECT_EQ(l2.capacity, Bytes(1000));
  EXPECT_EQ(l2.live, (std::vector<Bytes>{Bytes(100), Bytes(420), Bytes(300)}));
  EXPECT_EQ(l2.highest, Bytes(520));
  EXPECT_EQ(l2.fullest, 1U);
  EXPECT_EQ(l2.at_fullest, (std::vector<size_t>{0, 2}));
  EXPECT_TRUE(use.levels[0].at_fullest.empty());
  EXPECT_EQ(use.levels[2].highest, Bytes(114));
}

TEST(SummarizeMemory, ATensorCountsWhatItHoldsAtATime) {
  const MemoryTimeline use = SummarizeMemory(SampleProgram());
  ASSERT_EQ(use.tensors.size(), 2U);
  EXPECT_EQ(use.tensors[0].name, "x");  // Used first.
  EXPECT_EQ(use.tensors[0].bytes[1], Bytes(120));
  EXPECT_EQ(use.tensors[1].bytes[1], Bytes(300));
  EXPECT_EQ(use.tensors[1].bytes[2], Bytes(50));
}

}  // namespace
}  // namespace imcc
