// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <optional>

namespace imcc {

/// 10 log10(signal / noise) of two sums of squares; nothing where either is zero.
inline std::optional<double> SignalToNoiseDb(double signal_squared, double noise_squared) {
  if (signal_squared <= 0 || noise_squared <= 0) return std::nullopt;
  return 10 * std::log10(signal_squared / noise_squared);
}

}  // namespace imcc
