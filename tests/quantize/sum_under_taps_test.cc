// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/sum_under_taps.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace imcc {
namespace {

/// By trying every position of the window.
double ByDefinition(const std::vector<float>& row, const Window& w, const FeatureMap& in,
                    int64_t outputs, int64_t tap, int64_t channel) {
  double sum = 0;
  for (int64_t output = 0; output < outputs; ++output) {
    const int64_t x = output * w.stride_w + tap * w.dilation_w - w.padding.left;
    if (x >= 0 && x < in.width) sum += double{row[static_cast<size_t>(x * in.channels + channel)]};
  }
  return sum;
}

class SumUnderTapsOn : public ::testing::TestWithParam<bool> {};

// Whole numbers have one sum; over 2^80 every order has another, and every CPU has to take the
// same.
TEST_P(SumUnderTapsOn, EveryWindow) {
  const bool wide = GetParam();
  std::mt19937 random(3);
  const auto pick = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
  };
  for (int round = 0; round < 1000; ++round) {
    const Window w{.kernel_w = pick(1, 7),
                   .stride_w = pick(1, 3),
                   .dilation_w = pick(1, 3),
                   .padding = {.left = pick(0, 4)}};
    const FeatureMap in{1, pick(1, 20), pick(1, 70)};
    const int64_t outputs = pick(1, 20);
    std::vector<float> row(static_cast<size_t>(in.elements()));
    for (float& value : row)
      value = std::ldexp(static_cast<float>(pick(-1'000'000, 1'000'000)),
                         wide ? static_cast<int>(pick(0, 80)) : 0);
    const int64_t size = w.kernel_w * in.channels;
    std::vector<double> sums(static_cast<size_t>(2 * size), 0.5);
    std::vector<double> portable = sums;
    const RowTaps taps(w, in, outputs);
    SumUnderTaps(row.data(), taps, {{sums.data(), sums.data() + size}});
    SumUnderTapsScalar(row.data(), taps, {{portable.data(), portable.data() + size}});
    ASSERT_EQ(sums, portable) << round;
    for (int64_t i = 0; !wide && i < 2 * size; ++i) {
      ASSERT_EQ(sums[static_cast<size_t>(i)],
                0.5 + ByDefinition(row, w, in, outputs, i % size / in.channels, i % in.channels))
          << round << " " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(WholeAndWide, SumUnderTapsOn, ::testing::Values(false, true));

}  // namespace
}  // namespace imcc
