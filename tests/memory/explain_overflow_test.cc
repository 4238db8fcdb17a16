// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "memory/explain_overflow.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

Allocation Block(int64_t size, Interval<int64_t> life) {
  return {.name = "b", .region = Region::kDdr, .size = Bytes(size), .life = life, .offset = {}};
}

TEST(FindConflict, NamesTheFullestStepAndTheSmallestSet) {
  // Step 1 needs most, in many small blocks; in step 3 two large ones are already too many.
  const std::vector<Allocation> blocks = {Block(320, {0, 2}), Block(320, {1, 2}),
                                          Block(320, {1, 3}), Block(320, {1, 2}),
                                          Block(640, {3, 4}), Block(576, {3, 5})};
  const Conflict conflict = FindConflict(blocks, 5, Bytes(1000));
  EXPECT_EQ(conflict.live, Bytes(1280));
  EXPECT_EQ(conflict.step, 1U);
  EXPECT_EQ(conflict.blocks, (std::vector<size_t>{4, 5}));
  EXPECT_EQ(conflict.blocks_step, 3U);
  EXPECT_EQ(conflict.blocks_bytes, Bytes(1216));
}

TEST(FindConflict, ThereIsNoneIfEverythingFits) {
  const Conflict conflict = FindConflict({Block(64, {0, 2}), Block(64, {1, 2})}, 2, Bytes(128));
  EXPECT_TRUE(conflict.blocks.empty());
  EXPECT_EQ(conflict.live, Bytes(128));
}

TEST(FindConflict, CountsBlocksWithTheirAlignment) {
  EXPECT_EQ(FindConflict({Block(1, {0, 1}), Block(1, {0, 1})}, 1, Bytes(100)).live, Bytes(128));
}

}  // namespace
}  // namespace imcc
