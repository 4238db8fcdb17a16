// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/element_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace imcc {
namespace {

using ::testing::ElementsAre;
using Digits = std::vector<ViewDigit>;

std::vector<int64_t> All(const ElementView& view) {
  std::vector<int64_t> sources;
  for (int64_t i = 0; i < view.elements(); ++i) sources.push_back(view.Source(i));
  return sources;
}

// 0 1 2
// 3 4 5
TEST(ElementView, TransposeOfTwoRows) {
  const auto view = Transposed(WholeView(6), {2, 3}, {1, 0});
  ASSERT_TRUE(view);
  EXPECT_EQ(view->digits, (Digits{{3, 1, {}}, {2, 3, {}}}));
  EXPECT_THAT(All(*view), ElementsAre(0, 3, 1, 4, 2, 5));
}

TEST(ElementView, StridedSliceIsAStride) {
  const auto view = Gathered(WholeView(12), {12}, 0, {10, 7, 4, 1});
  ASSERT_TRUE(view);
  EXPECT_EQ(view->offset, 10);
  EXPECT_EQ(view->digits, (Digits{{4, -3, {}}}));
}

TEST(ElementView, AnyOtherListIsATable) {
  const auto view = Gathered(WholeView(6), {3, 2}, 0, {2, 0, 2});
  ASSERT_TRUE(view);
  EXPECT_THAT(All(*view), ElementsAre(4, 5, 0, 1, 4, 5));
}

// The axes of the second transpose, [3, 4], end inside digits of the first, [2, 6].
TEST(ElementView, NothingWhereBordersCross) {
  const auto first = Transposed(WholeView(12), {6, 2}, {1, 0});
  ASSERT_TRUE(first);
  EXPECT_FALSE(Transposed(*first, {3, 4}, {1, 0}));
  EXPECT_TRUE(Transposed(*first, {2, 3, 2}, {1, 0, 2}));
}

TEST(ElementView, ChainsGiveWhatTheirStepsGive) {
  const Shape shape{2, 3, 4};
  const auto one = Transposed(WholeView(24), shape, {2, 0, 1});  // 4x2x3
  ASSERT_TRUE(one);
  const std::vector<int64_t> before = All(*one);
  const auto two = Gathered(*one, {4, 2, 3}, 2, {2, 0});  // 4x2x2
  ASSERT_TRUE(two);
  std::vector<int64_t> expected;
  for (size_t pixel = 0; pixel < 8; ++pixel)
    for (const size_t c : {2U, 0U}) expected.push_back(before[pixel * 3 + c]);
  EXPECT_EQ(All(*two), expected);
}

TEST(ElementView, HullHoldsEverySource) {
  const auto view =
      Gathered(*Transposed(WholeView(60), {3, 4, 5}, {2, 0, 1}), {5, 3, 4}, 1, {2, 2, 0, 1});
  ASSERT_TRUE(view);
  const std::vector<int64_t> all = All(*view);
  for (int64_t begin = 0; begin < view->elements(); ++begin)
    for (int64_t end = begin + 1; end <= view->elements(); ++end) {
      const Interval<int64_t> hull = view->Sources({begin, end});
      const auto [low, high] = std::minmax_element(all.begin() + begin, all.begin() + end);
      ASSERT_LE(hull.begin, *low);
      ASSERT_GT(hull.end, *high);
      ASSERT_TRUE(end - begin > 1 || hull.end - hull.begin == 1);
    }
}

TEST(ElementView, WalkVisitsTheSameSources) {
  const auto view = Gathered(WholeView(24), {4, 6}, 1, {5, 1, 1, 0});
  ASSERT_TRUE(view);
  ElementWalk walk(*view, 3);
  for (int64_t i = 3; i < view->elements(); ++i, walk.Next())
    ASSERT_EQ(walk.source(), view->Source(i));
}

}  // namespace
}  // namespace imcc
