// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/similarity.h"

#include <gtest/gtest.h>

#include <cmath>

namespace imcc {
namespace {

TEST(Similarity, RankCountsLargerScoresAndEarlierTies) {
  const std::vector<float> scores = {0.5F, 2.0F, 2.0F, -1.0F, 0.5F};
  EXPECT_EQ(RankOf(scores, 1), 0);
  EXPECT_EQ(RankOf(scores, 2), 1);
  EXPECT_EQ(RankOf(scores, 0), 2);
  EXPECT_EQ(RankOf(scores, 4), 3);
  EXPECT_EQ(RankOf(scores, 3), 4);
  EXPECT_EQ(ArgMax(scores), 1);
}

TEST(Similarity, ErrorSumsByHand) {
  ErrorSums sums = ErrorSums::Of({3, 4}, {3, 3});
  EXPECT_DOUBLE_EQ(sums.dot, 21);
  EXPECT_DOUBLE_EQ(sums.cosine(), 21 / (5 * 4.242640687119285));
  ASSERT_TRUE(sums.snr_db().has_value());
  EXPECT_NEAR(*sums.snr_db(), 13.9794, 1e-4);  // 10 log10(25 / 1)
  sums.Add(ErrorSums::Of({1}, {3}));
  EXPECT_DOUBLE_EQ(sums.largest_error, 2);
  EXPECT_NEAR(*sums.snr_db(), 7.1600, 1e-4);  // 10 log10(26 / 5)
}

// The mean of the ratios is not the ratio of the sums: a loud sample does not hide a quiet one.
TEST(Similarity, MeanOfRatiosLeavesOutSamplesWithoutError) {
  const ErrorSums ten = ErrorSums::Of({10}, {10 - std::sqrt(10.0F)});
  const ErrorSums twenty = ErrorSums::Of({1}, {0.9F});
  const ErrorSums equal = ErrorSums::Of({5}, {5});
  ASSERT_TRUE(MeanSnrDb({ten, equal, twenty}).has_value());
  EXPECT_NEAR(*MeanSnrDb({ten, equal, twenty}), 15, 1e-5);
  EXPECT_FALSE(MeanSnrDb({equal, equal}).has_value());
  EXPECT_FALSE(MeanSnrDb({}).has_value());
}

TEST(Similarity, NoErrorHasNoRatio) {
  EXPECT_FALSE(ErrorSums::Of({1, 2}, {1, 2}).snr_db().has_value());
  EXPECT_DOUBLE_EQ(ErrorSums::Of({1, 2}, {1, 2}).cosine(), 1);
  EXPECT_DOUBLE_EQ(ErrorSums::Of({0, 0}, {1, 2}).cosine(), 0);
}

}  // namespace
}  // namespace imcc
