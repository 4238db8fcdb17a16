// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/weight_sets.h"

#include <algorithm>

namespace imcc {

WeightSets::Set& WeightSets::SetWithRoom(int64_t kernel, int64_t columns) {
  for (Set& set : sets_)
    if (set.kernel == kernel && set.used_columns + columns <= columns_) return set;
  Set& oldest = *std::min_element(sets_.begin(), sets_.end(), [](const Set& a, const Set& b) {
    return a.last_use < b.last_use;
  });
  oldest = {.kernel = kernel, .tiles = {}, .used_columns = 0, .last_use = -1};
  return oldest;
}

WeightSets::Choice WeightSets::Use(int64_t kernel, int64_t tile, int64_t columns) {
  for (Set& set : sets_) {
    if (set.kernel != kernel) continue;
    for (const Resident& resident : set.tiles) {
      if (resident.tile != tile) continue;
      set.last_use = uses_++;
      return {static_cast<uint8_t>(&set - sets_.data()), resident.column0, false};
    }
  }
  Set& set = SetWithRoom(kernel, columns);
  const int64_t column0 = set.used_columns;
  set.tiles.push_back({tile, column0});
  set.used_columns += columns;
  set.last_use = uses_++;
  return {static_cast<uint8_t>(&set - sets_.data()), column0, true};
}

}  // namespace imcc
