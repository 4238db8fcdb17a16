// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/similarity.h"

#include <algorithm>
#include <cmath>

#include "numerics/decibels.h"

namespace imcc {

int64_t RankOf(const std::vector<float>& scores, int64_t label) {
  const auto index = static_cast<size_t>(label);
  int64_t rank = 0;
  for (size_t i = 0; i < scores.size(); ++i)
    if (scores[i] > scores[index] || (scores[i] == scores[index] && i < index)) ++rank;
  return rank;
}

int64_t ArgMax(const std::vector<float>& scores) {
  return std::max_element(scores.begin(), scores.end()) - scores.begin();
}

ErrorSums ErrorSums::Of(const std::vector<float>& expected, const std::vector<float>& got) {
  ErrorSums sums;
  for (size_t i = 0; i < expected.size(); ++i) {
    const double e = expected[i];
    const double g = got[i];
    sums.dot += e * g;
    sums.expected_squared += e * e;
    sums.got_squared += g * g;
    sums.error_squared += (e - g) * (e - g);
    sums.largest_error = std::max(sums.largest_error, std::abs(e - g));
  }
  return sums;
}

void ErrorSums::Add(const ErrorSums& other) {
  dot += other.dot;
  expected_squared += other.expected_squared;
  got_squared += other.got_squared;
  error_squared += other.error_squared;
  largest_error = std::max(largest_error, other.largest_error);
}

double ErrorSums::cosine() const {
  const double norm = std::sqrt(expected_squared) * std::sqrt(got_squared);
  return norm > 0 ? dot / norm : 0;
}

std::optional<double> ErrorSums::snr_db() const {
  return SignalToNoiseDb(expected_squared, error_squared);
}

std::optional<double> MeanSnrDb(const std::vector<ErrorSums>& samples) {
  double sum = 0;
  int64_t count = 0;
  for (const ErrorSums& sample : samples) {
    const std::optional<double> ratio = sample.snr_db();
    if (!ratio) continue;
    sum += *ratio;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / static_cast<double>(count);
}

}  // namespace imcc
