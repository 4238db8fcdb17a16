// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "schedule/weight_sets.h"

#include <algorithm>

namespace imcc {

WeightSets::Choice WeightSets::Use(int64_t kernel, int64_t tile) {
  const auto holds = [&](const Set& set) { return set.kernel == kernel && set.tile == tile; };
  auto set = std::find_if(sets_.begin(), sets_.end(), holds);
  const bool load = set == sets_.end();
  if (load)
    set = std::min_element(sets_.begin(), sets_.end(),
                           [](const Set& a, const Set& b) { return a.last_use < b.last_use; });
  *set = {kernel, tile, uses_++};
  return {static_cast<uint8_t>(set - sets_.begin()), load};
}

}  // namespace imcc
