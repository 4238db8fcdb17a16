// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace imcc {

/// Which weight tile stands in which set of one array. Sets are refilled oldest first, so that the
/// tiles of one column tile (at most as many as there are sets) never push each other out.
class WeightSets {
 public:
  explicit WeightSets(int64_t sets) : tiles_(static_cast<size_t>(sets), {-1, -1}) {}

  struct Choice {
    uint8_t set = 0;
    bool load = false;  // The tile was not there yet.
  };
  Choice Use(int64_t kernel, int64_t tile);

 private:
  std::vector<std::pair<int64_t, int64_t>> tiles_;  // (kernel, tile) of each set.
  size_t next_ = 0;
};

}  // namespace imcc
