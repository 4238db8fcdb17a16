// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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

  /// The order of batches may matter. False if a value is infinite or NaN; then the observer is of
  /// no more use.
  virtual bool Observe(const float* values, int64_t count) = 0;
  /// [0, 0] before anything was observed.
  virtual Interval<float> Range() const = 0;
  /// Share of the values that int8 over a range would clip; 0 for observers that do not know.
  virtual double ClippedShare(Interval<float> /*range*/) const { return 0; }
  /// One a channel; empty for observers that do not tell channels apart.
  virtual std::vector<Interval<float>> ChannelRanges() const { return {}; }
};

}  // namespace imcc
