// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/round_adaptively.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace imcc {
namespace {

/// A layer with one output channel.
struct Problem {
  std::vector<double> moments;
  std::vector<double> ideal;
};

double Uniform(std::mt19937& random) { return static_cast<double>(random()) * 0x1p-32; }

/// Moments of `samples` inputs that share a common part, as neighbouring pixels do.
Problem RandomProblem(unsigned seed, size_t taps, int samples) {
  std::mt19937 random(seed);
  Problem problem{std::vector<double>(taps * taps), {}};
  std::vector<double> x(taps);
  for (int s = 0; s < samples; ++s) {
    const double common = 2 * Uniform(random);
    for (double& value : x) value = common + Uniform(random);
    for (size_t i = 0; i < taps; ++i) {
      for (size_t j = 0; j < taps; ++j) problem.moments[i * taps + j] += x[i] * x[j] / samples;
    }
  }
  for (size_t i = 0; i < taps; ++i) problem.ideal.push_back(20 * Uniform(random) - 10);
  return problem;
}

std::vector<int8_t> Nearest(const std::vector<double>& ideal) {
  std::vector<int8_t> rounded;
  for (const double t : ideal) rounded.push_back(static_cast<int8_t>(std::nearbyint(t)));
  return rounded;
}

std::vector<int8_t> Rounded(const AdaptiveRounding& rounding, const std::vector<double>& ideal,
                            int64_t channels = 1) {
  std::vector<int8_t> rounded(ideal.size());
  rounding.Round(ideal.data(), channels, rounded.data());
  return rounded;
}

/// All 2^taps roundings.
double LeastError(const AdaptiveRounding& rounding, const std::vector<double>& ideal) {
  double least = std::numeric_limits<double>::infinity();
  std::vector<int8_t> rounded(ideal.size());
  for (unsigned choice = 0; choice < 1U << ideal.size(); ++choice) {
    for (size_t i = 0; i < ideal.size(); ++i)
      rounded[i] = static_cast<int8_t>(std::floor(ideal[i]) + (choice >> i & 1U));
    least = std::min(least, rounding.Error(ideal.data(), rounded.data()));
  }
  return least;
}

// Both inputs are always equal: only the sum of the weights counts, and 0.4 + 0.4 is nearly 1.
TEST(AdaptiveRounding, ByHand) {
  const AdaptiveRounding rounding({1, 1, 1, 1}, 2);
  const std::vector<double> ideal = {0.4, 0.4};
  const std::vector<int8_t> rounded = Rounded(rounding, ideal);
  EXPECT_EQ(rounded[0] + rounded[1], 1);
  EXPECT_NEAR(rounding.Error(ideal.data(), rounded.data()), 0.04, 0.01);
  EXPECT_NEAR(rounding.Error(ideal.data(), Nearest(ideal).data()), 0.64, 0.01);
}

TEST(AdaptiveRounding, InputsThatHaveNothingInCommonRoundToNearest) {
  const AdaptiveRounding rounding({4, 0, 0, 0, 1, 0, 0, 0, 9}, 3);
  EXPECT_EQ(Rounded(rounding, {0.6, -2.4, 7}), (std::vector<int8_t>{1, -2, 7}));
}

TEST(AdaptiveRounding, SilentInputsRoundToNearest) {
  const AdaptiveRounding rounding({0, 0, 0, 0}, 2);
  EXPECT_EQ(Rounded(rounding, {0.6, -2.4}), (std::vector<int8_t>{1, -2}));
}

TEST(AdaptiveRounding, StaysWithin127) {
  const AdaptiveRounding rounding({1, 1, 1, 1}, 2);
  EXPECT_EQ(Rounded(rounding, {127.4, 0.4}), (std::vector<int8_t>{127, 0}));
  EXPECT_EQ(Rounded(rounding, {-128, -127.2}), (std::vector<int8_t>{-127, -127}));
}

TEST(AdaptiveRounding, BruteForceIsHardlyEverBetter) {
  int best = 0;
  int problems = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    const size_t taps = 1 + seed % 12;
    const Problem problem = RandomProblem(seed, taps, 40);
    const AdaptiveRounding rounding(problem.moments, static_cast<int64_t>(taps));
    const std::vector<int8_t> rounded = Rounded(rounding, problem.ideal);
    for (size_t i = 0; i < taps; ++i) ASSERT_LT(std::abs(rounded[i] - problem.ideal[i]), 1);
    const double error = rounding.Error(problem.ideal.data(), rounded.data());
    const double least = LeastError(rounding, problem.ideal);
    const double nearest = rounding.Error(problem.ideal.data(), Nearest(problem.ideal).data());
    EXPECT_LE(error, nearest * (1 + 1e-9));
    EXPECT_GE(error, least * (1 - 1e-9));
    EXPECT_LE(error, 1.5 * least + 1e-9) << seed;
    best += error <= least * (1 + 1e-9) ? 1 : 0;
    ++problems;
  }
  EXPECT_GE(best, problems * 9 / 10) << best << " of " << problems;
}

// More rows than are factored at once, and fewer samples than unknowns.
TEST(AdaptiveRounding, TakesMostOfTheErrorOutOfALargeLayer) {
  const Problem problem = RandomProblem(5, 300, 200);
  const AdaptiveRounding rounding(problem.moments, 300);
  const std::vector<int8_t> rounded = Rounded(rounding, problem.ideal);
  EXPECT_LT(rounding.Error(problem.ideal.data(), rounded.data()),
            0.3 * rounding.Error(problem.ideal.data(), Nearest(problem.ideal).data()));
}

TEST(AdaptiveRounding, TheSameBitsForAnyThreadsAndAnyCompany) {
  const Problem problem = RandomProblem(6, 200, 300);
  std::vector<double> three;
  for (int n = 0; n < 3; ++n)
    for (const double t : problem.ideal) three.push_back(t * (1 + n));
  const std::vector<int8_t> together = Rounded(AdaptiveRounding(problem.moments, 200), three, 3);
  for (const int64_t threads : {2, 3, 8})
    EXPECT_EQ(Rounded(AdaptiveRounding(problem.moments, 200, threads), three, 3), together);
  for (size_t n = 0; n < 3; ++n) {
    const std::vector<double> one(three.begin() + static_cast<int64_t>(200 * n),
                                  three.begin() + static_cast<int64_t>(200 * (n + 1)));
    const std::vector<int8_t> alone = Rounded(AdaptiveRounding(problem.moments, 200), one);
    EXPECT_TRUE(
        std::equal(alone.begin(), alone.end(), together.begin() + static_cast<int64_t>(200 * n)));
  }
}

}  // namespace
}  // namespace imcc
