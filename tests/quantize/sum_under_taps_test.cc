// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/sum_under_taps.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace imcc {
namespace {

/// From left to right, a tap and a channel at a time, by trying every position.
double ByDefinition(const std::vector<float>& row, const RowTaps& taps, int64_t tap,
                    int64_t channel) {
  double sum = 0;
  for (int64_t output = 0; output < taps.outputs; ++output) {
    const int64_t x = taps.Pixel(tap, output);
    if (x >= 0 && x < taps.width)
      sum += double{row[static_cast<size_t>(x * taps.channels + channel)]};
  }
  return sum;
}

/// Over 2^80, so that sums in another order have other bits.
float Wide(std::mt19937& random) {
  return std::ldexp(static_cast<float>(random() % 2'000'001) - 1e6F,
                    static_cast<int>(random() % 80));
}

class SumUnderTapsOn : public ::testing::TestWithParam<KernelSet> {};

TEST_P(SumUnderTapsOn, EveryBitAsDefined) {
  std::mt19937 random(3);
  const auto pick = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
  };
  for (int round = 0; round < 400; ++round) {
    const RowTaps taps{.taps = pick(1, 7),
                       .stride = pick(1, 3),
                       .dilation = pick(1, 3),
                       .left = pick(0, 4),
                       .outputs = pick(1, 20),
                       .width = pick(1, 20),
                       .channels = pick(1, 70)};
    std::vector<float> row(static_cast<size_t>(taps.width * taps.channels));
    for (float& value : row) value = Wide(random);
    std::vector<double> sums(static_cast<size_t>(2 * taps.taps * taps.channels), 0.5);
    std::vector<double> scratch(static_cast<size_t>(taps.scratch()));
    double* const targets[] = {sums.data(), sums.data() + taps.taps * taps.channels};
    SumUnderTaps(row.data(), taps, scratch, targets, GetParam());
    for (size_t i = 0; i < sums.size(); ++i) {
      const auto at = static_cast<int64_t>(i) % (taps.taps * taps.channels);
      ASSERT_EQ(sums[i], 0.5 + ByDefinition(row, taps, at / taps.channels, at % taps.channels))
          << round << " " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryCpu, SumUnderTapsOn,
                         ::testing::Values(KernelSet::kScalar, BestKernelSet()));

}  // namespace
}  // namespace imcc
