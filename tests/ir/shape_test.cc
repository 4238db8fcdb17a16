// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/shape.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

TEST(Shape, ElementsMultiply) {
  EXPECT_EQ((Shape{2, 3, 4}).elements(), 24);
  EXPECT_EQ(Shape{}.elements(), 1);
}

TEST(Shape, PrintsDimensions) {
  EXPECT_EQ((Shape{1, 56, 56, 64}).ToString(), "1x56x56x64");
  EXPECT_EQ(Shape{}.ToString(), "scalar");
}

TEST(FeatureMap, RankFourIsItself) { EXPECT_EQ(AsFeatureMap({1, 5, 6, 7}), (FeatureMap{5, 6, 7})); }

TEST(FeatureMap, LowerRanksPutTheLastAxisIntoChannels) {
  EXPECT_EQ(AsFeatureMap({2, 9}), (FeatureMap{1, 2, 9}));
  EXPECT_EQ(AsFeatureMap({1, 4420, 4}), (FeatureMap{1, 4420, 4}));
  EXPECT_EQ(AsFeatureMap({7}), (FeatureMap{1, 1, 7}));
  EXPECT_EQ(AsFeatureMap(Shape{}), (FeatureMap{1, 1, 1}));
}

}  // namespace
}  // namespace imcc
