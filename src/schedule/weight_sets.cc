// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "schedule/weight_sets.h"

#include <algorithm>

namespace imcc {

WeightSets::Choice WeightSets::Use(int64_t kernel, int64_t tile) {
  const std::pair<int64_t, int64_t> key{kernel, tile};
  const auto found = std::find(tiles_.begin(), tiles_.end(), key);
  if (found != tiles_.end()) return {static_cast<uint8_t>(found - tiles_.begin()), false};
  const size_t set = next_;
  next_ = (next_ + 1) % tiles_.size();
  tiles_[set] = key;
  return {static_cast<uint8_t>(set), true};
}

}  // namespace imcc
