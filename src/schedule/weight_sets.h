// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imcc {

/// Which weight tile stands in which set of one array. The set that has not been used for longest
/// is refilled. The emitter visits tiles there and back (0 1 2 ... 2 1 0), and for such a sequence
/// least-recently-used is Belady's furthest-next-use: no other policy loads less. The set in use is
/// never the one refilled, so a load always overlaps the products before it.
class WeightSets {
 public:
  explicit WeightSets(int64_t sets) : sets_(static_cast<size_t>(sets)) {}

  struct Choice {
    uint8_t set = 0;
    bool load = false;  // The tile was not there yet.
  };
  Choice Use(int64_t kernel, int64_t tile);

 private:
  struct Set {
    int64_t kernel = -1, tile = -1;
    int64_t last_use = -1;
  };
  std::vector<Set> sets_;
  int64_t uses_ = 0;
};

}  // namespace imcc
