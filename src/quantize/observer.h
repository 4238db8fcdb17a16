// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "base/units.h"

namespace imcc {

/// Watches the values of one tensor, a batch at a time, and says which real range int8 shall cover.
class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;

  /// The order of batches may matter. All values are finite.
  virtual void Observe(const float* values, int64_t count) = 0;
  /// [0, 0] before anything was observed.
  virtual Interval<float> Range() const = 0;
  /// One a channel; empty for observers that do not tell channels apart.
  virtual std::vector<Interval<float>> ChannelRanges() const { return {}; }
};

/// Smallest and largest of the values; [inf, -inf] of none.
Interval<float> MinMax(const float* values, int64_t count);

/// True if there is neither an infinity nor a NaN.
bool AllFinite(const float* values, int64_t count);

}  // namespace imcc
