// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "target/target.h"

namespace imcc {

/// What a figure measures; says which units it may be written in.
enum class Dimension { kCount, kBytes, kRate, kCycles, kSeconds, kFrequency, kEnergy };

/// One figure of a target file.
struct FigureRule {
  std::string_view section;
  std::string_view key;
  Dimension dimension = Dimension::kCount;
  std::string_view count_unit;  // The word for a count: "cores".
  bool may_be_zero = false;
  double least = 0;                          // The smallest and the largest believable value, in
  double limit = 0;                          // the base unit. Zero is apart (may_be_zero).
  void (*store)(Target&, double) = nullptr;  // In the base unit of the dimension.
};

/// Every figure, the clock first: rates and latencies are converted with it.
const std::vector<FigureRule>& TargetSchema();

/// A unit of a dimension and what one of it is in the base unit: bytes, bytes or cycles a cycle,
/// seconds, hertz, joules. `per_second`: the factor is per second, still to be put into cycles.
struct UnitFactor {
  std::string_view unit;
  double factor = 1;
  bool per_second = false;
};
std::vector<UnitFactor> UnitsOf(const FigureRule& rule);

}  // namespace imcc
