// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/wilson_interval.h"

#include <gtest/gtest.h>

#include <cmath>

namespace imcc {
namespace {

// The bounds are the shares p that lie 1.96 of their own standard deviations from the share seen.
TEST(WilsonInterval, BoundsSolveTheScoreEquation) {
  for (const int64_t trials : {1, 10, 500, 10'000}) {
    for (int64_t hits = 0; hits <= trials; hits += trials < 20 ? 1 : trials / 20) {
      const auto n = static_cast<double>(trials);
      const double share = static_cast<double>(hits) / n;
      const Interval<double> interval = WilsonInterval(hits, trials);
      for (const double p : {interval.begin, interval.end}) {
        const double distance = std::abs(share - p);
        EXPECT_NEAR(distance, 1.959963984540054 * std::sqrt(p * (1 - p) / n), 1e-9)
            << hits << " of " << trials;
      }
      EXPECT_LE(interval.begin, share);
      EXPECT_GE(interval.end, share);
    }
  }
}

TEST(WilsonInterval, IsThatOfPublishedExamples) {
  // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
  const Interval<double> interval = WilsonInterval(81, 263);
  EXPECT_NEAR(interval.begin, 0.2553, 5e-5);
  EXPECT_NEAR(interval.end, 0.3662, 5e-5);
  EXPECT_NEAR(WilsonInterval(15, 148).begin, 0.0624, 5e-5);
  EXPECT_NEAR(WilsonInterval(15, 148).end, 0.1605, 5e-5);
  EXPECT_EQ(WilsonInterval(0, 20).begin, 0);
  EXPECT_NEAR(WilsonInterval(0, 20).end, 0.1611, 5e-5);
  EXPECT_EQ(WilsonInterval(29, 29).end, 1);
}

TEST(WilsonInterval, NothingSeenSaysNothing) {
  EXPECT_EQ(WilsonInterval(0, 0), (Interval<double>{0, 1}));
}

}  // namespace
}  // namespace imcc
