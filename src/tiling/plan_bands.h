// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mapping/kernel.h"
#include "tiling/tiling.h"

namespace imcc {

/// True if kernels [first, last) may be cut into several bands: a global pool sums whole rows.
bool MayCutBands(const MappedNetwork& network, size_t first, size_t last);

/// In: a group with its lines, and the number of bands. Out: the columns of each band. Columns are
/// propagated backwards: what leaves the group is shared out among the bands, and a kernel computes
/// the hull of what its readers in the group need beside its own share.
std::vector<Band> PlanBands(const MappedNetwork& network, const TileGroup& group, int64_t bands);

}  // namespace imcc
