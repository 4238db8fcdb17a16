// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/count_bins.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace imcc {
namespace {

using Histogram = std::vector<float>;

/// torch.histc, value by value.
Histogram ByDefinition(const std::vector<float>& values, Interval<float> edges) {
  Histogram histogram(kHistogramBins);
  for (const float x : values) {
    if (!(x >= edges.begin && x <= edges.end)) continue;
    const float position = (x - edges.begin) * kHistogramBins / (edges.end - edges.begin);
    histogram[static_cast<size_t>(std::min(position, kHistogramBins - 1.0F))] += 1;
  }
  return histogram;
}

bool Count(const std::vector<float>& values, Interval<float> edges, Interval<float> expected,
           KernelSet set, Histogram& histogram) {
  histogram.assign(kHistogramBins, -1);
  return CountBins(values.data(), static_cast<int64_t>(values.size()), edges, expected,
                   histogram.data(), set);
}

std::vector<KernelSet> KernelSets() {
  std::vector<KernelSet> sets = {KernelSet::kScalar};
  if (BestKernelSet() != KernelSet::kScalar) sets.push_back(BestKernelSet());
  return sets;
}

void ExpectDefinition(const std::vector<float>& values, Interval<float> edges,
                      Interval<float> expected) {
  Histogram histogram;
  for (const KernelSet set : KernelSets()) {
    SCOPED_TRACE(Name(set));
    EXPECT_TRUE(Count(values, edges, expected, set, histogram));
    EXPECT_EQ(histogram, ByDefinition(values, edges));
  }
}

/// Values in [low, high], many of them on or next to the border of two bins.
std::vector<float> Values(std::mt19937& random, size_t count, Interval<float> edges, float low,
                          float high) {
  std::vector<float> values(count);
  const float range = edges.end - edges.begin;
  for (float& value : values) {
    const auto bin = static_cast<float>(random() % (kHistogramBins + 1));
    const float border = edges.begin + bin * range / kHistogramBins;
    switch (random() % 4) {
      case 0:
        value = border;
        break;
      case 1:
        value = std::nextafter(border, random() % 2 == 0 ? low : high);
        break;
      default:
        value = low + (high - low) * static_cast<float>(random() % 1'000'000) / 1e6F;
    }
    value = std::clamp(value, low, high);
  }
  return values;
}

TEST(CountBins, EveryRangeAndLengthAsDefined) {
  std::mt19937 random(1);
  const struct {
    Interval<float> edges, expected;
  } cases[] = {{{0, 6}, {0, 6}},
               {{0, 7}, {0, 7.9F}},
               {{-3, 5}, {-3.7F, 5.3F}},
               {{0, 13}, {0, 12.5F}},
               {{-7, -2}, {-7.5F, -2}},
               {{3, 40}, {3.5F, 40.25F}},
               {{0.1F, 0.7F}, {0.1F, 0.7F}},
               {{-1e-20F, 3e-20F}, {-1e-20F, 3e-20F}},
               {{0, 1e25F}, {0, 1e25F}},
               {{0, 1e-42F}, {0, 1e-42F}},
               {{-2e36F, 1e37F}, {-2e36F, 1e37F}},
               {{0, 1}, {0.25F, 1.75F}}};
  for (const auto& c : cases) {
    for (const size_t count : {1, 31, 32, 33, 511, 513, 5000}) {
      SCOPED_TRACE(::testing::Message() << c.edges.begin << " " << c.edges.end << " " << count);
      ExpectDefinition(Values(random, count, c.edges, c.expected.begin, c.expected.end), c.edges,
                       c.expected);
    }
  }
}

TEST(CountBins, ManyEqualValuesDoNotOverflow) {
  std::vector<float> values(1'000'000, 3.0F);
  ExpectDefinition(values, {0, 4}, {0, 4});
  ExpectDefinition(values, {0, 3}, {0, 3.5F});
  ExpectDefinition(values, {-4, 4}, {-4, 4});
  values.assign(1'000'000, 0.0F);
  ExpectDefinition(values, {0, 4}, {0, 4});
}

TEST(CountBins, ANegativeZeroIsAZero) {
  std::vector<float> values(100, 1.5F);
  values[70] = -0.0F;
  ExpectDefinition(values, {0, 4}, {0, 4});
  ExpectDefinition(values, {0, 4}, {0, 5});
}

TEST(CountBins, ToldOfEveryValueThatWasNotExpected) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  Histogram histogram;
  for (const float bad : {std::nanf(""), -std::nanf(""), kInfinity, -kInfinity, -0.5F, 5.5F}) {
    for (const size_t place : {0, 40, 999, 1000}) {
      for (const KernelSet set : KernelSets()) {
        SCOPED_TRACE(::testing::Message() << bad << " at " << place << " " << Name(set));
        std::vector<float> values(1001, 1.25F);
        for (const Interval<float> expected : {Interval<float>{0, 5}, Interval<float>{0.25F, 5}}) {
          values[place] = 2;
          EXPECT_TRUE(Count(values, {0, 5}, expected, set, histogram));
          EXPECT_TRUE(Count(values, {0, 4}, expected, set, histogram));
          values[place] = bad;
          EXPECT_FALSE(Count(values, {0, 5}, expected, set, histogram));
          EXPECT_FALSE(Count(values, {0, 4}, expected, set, histogram));
        }
      }
    }
  }
}

}  // namespace
}  // namespace imcc
