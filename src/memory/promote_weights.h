// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "isa/task.h"
#include "mapping/kernel.h"
#include "tiling/tiling.h"

namespace imcc {

/// The memory each weight tile lives in, by kernel and tile.
using TileHomes = std::vector<std::vector<Region>>;

/// How often a frame loads the weight tiles of each kernel: once where they stay in `weight_sets`
/// sets, else with every tile of pixels or stripe.
std::vector<int64_t> LoadsOfWeights(const MappedNetwork& network, const TilePlan& tiles,
                                    const std::vector<bool>& in_l1, int64_t weight_sets);

/// Moves weight tiles from `source` to L1 for good, those of the kernels that load theirs most
/// often first, as long as they fit `room`; of kernels that load them fewer than `least_loads`
/// times, none. Whole kernels or nothing unless `tile_by_tile`. Returns the bytes moved.
Bytes PromoteWeights(const MappedNetwork& network, const std::vector<int64_t>& loads, Region source,
                     Bytes room, int64_t least_loads, bool tile_by_tile, TileHomes& homes);

}  // namespace imcc
