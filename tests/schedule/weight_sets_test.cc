// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "schedule/weight_sets.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

TEST(WeightSets, AResidentTileIsNotLoadedAgain) {
  WeightSets sets(4);
  EXPECT_TRUE(sets.Use(0, 0).load);
  EXPECT_TRUE(sets.Use(0, 1).load);
  EXPECT_FALSE(sets.Use(0, 0).load);
  EXPECT_EQ(sets.Use(0, 1).set, 1);
}

TEST(WeightSets, TheOldestSetIsRefilled) {
  WeightSets sets(2);
  sets.Use(0, 0);
  sets.Use(0, 1);
  EXPECT_EQ(sets.Use(1, 0).set, 0);
  EXPECT_FALSE(sets.Use(0, 1).load);
  EXPECT_TRUE(sets.Use(0, 0).load);
}

}  // namespace
}  // namespace imcc
