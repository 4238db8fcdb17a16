// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "images/resample.h"

namespace imcc {

/// What becomes of each 8-bit value of each channel. A chain of steps on single values is worked
/// out 256 times a channel instead of once a pixel.
class ValueTables {
 public:
  /// Every value is itself.
  explicit ValueTables(int64_t channels);

  /// value = step(value, channel)
  template <class Step>
  void Apply(const Step& step) {
    for (size_t channel = 0; channel < tables_.size(); ++channel) {
      for (float& value : tables_[channel]) value = step(value, channel);
    }
  }

  /// Replaces the values of a canvas that is u8.
  void Map(Canvas& canvas) const;

 private:
  std::vector<std::array<float, 256>> tables_;
};

}  // namespace imcc
