// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/wilson_interval.h"

#include <algorithm>
#include <cmath>

namespace imcc {
namespace {

/// 97.5 % quantile of the standard normal distribution.
constexpr double kZ = 1.959963984540054;

}  // namespace

Interval<double> WilsonInterval(int64_t hits, int64_t trials) {
  if (trials <= 0) return {0, 1};
  const auto n = static_cast<double>(trials);
  const double share = static_cast<double>(hits) / n;
  const double weight = 1 / (1 + kZ * kZ / n);
  const double centre = weight * (share + kZ * kZ / (2 * n));
  const double half = weight * kZ * std::sqrt(share * (1 - share) / n + kZ * kZ / (4 * n * n));
  // The bounds at no and at all hits are exact; rounding would put them a hair beside.
  return {hits == 0 ? 0 : std::max(0.0, centre - half),
          hits == trials ? 1 : std::min(1.0, centre + half)};
}

}  // namespace imcc
