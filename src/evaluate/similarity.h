// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace imcc {

/// Position of `label` when the scores are sorted, 0 = first. Equal scores keep their order, as in
/// numpy's stable sort, so that the rank does not depend on the sort.
int64_t RankOf(const std::vector<float>& scores, int64_t label);

/// Index of the first largest score.
int64_t ArgMax(const std::vector<float>& scores);

/// Sums that say how close `got` is to `expected`; they add up over samples.
struct ErrorSums {
  double dot = 0;               // sum e * g
  double expected_squared = 0;  // sum e^2
  double got_squared = 0;       // sum g^2
  double error_squared = 0;     // sum (e - g)^2
  double largest_error = 0;

  static ErrorSums Of(const std::vector<float>& expected, const std::vector<float>& got);
  void Add(const ErrorSums& other);
  /// 1 = same direction; 0 if either is all zero.
  double cosine() const;
  /// 10 log10(signal / error); nothing if there is no error.
  std::optional<double> snr_db() const;
};

/// Mean of the ratios of those samples that have one; nothing if none has.
std::optional<double> MeanSnrDb(const std::vector<ErrorSums>& samples);

}  // namespace imcc
