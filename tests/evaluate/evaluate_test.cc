// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/evaluate.h"

#include <gtest/gtest.h>

#include <limits>

namespace imcc {
namespace {

Interval<int64_t> Chosen(int64_t total, int64_t skip, int64_t limit) {
  EvaluationOptions options;
  options.skip = skip;
  options.limit = limit;
  return EvaluatedSamples(total, options);
}

TEST(EvaluatedSamples, SkipAndLimitStayInsideTheSamples) {
  EXPECT_EQ(Chosen(10, 0, -1), (Interval<int64_t>{0, 10}));
  EXPECT_EQ(Chosen(10, 3, 4), (Interval<int64_t>{3, 7}));
  EXPECT_EQ(Chosen(10, 8, 4), (Interval<int64_t>{8, 10}));
  EXPECT_EQ(Chosen(10, 12, 4), (Interval<int64_t>{10, 10}));
  EXPECT_EQ(Chosen(10, 0, 0), (Interval<int64_t>{0, 0}));
}

TEST(EvaluatedSamples, TheLargestNumbersDoNotOverflow) {
  constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(Chosen(10, 3, kLargest), (Interval<int64_t>{3, 10}));
  EXPECT_EQ(Chosen(10, kLargest, kLargest), (Interval<int64_t>{10, 10}));
}

}  // namespace
}  // namespace imcc
