// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "config/options.h"
#include "mapping/kernel.h"
#include "mapping/predict_timeline.h"
#include "target/target.h"
#include "tiling/tiling.h"

namespace imcc {

/// Cuts the kernels into groups of at most options.tiling_depth so that the sum of their predicted
/// cycles is least: best[j] = min over i of best[i] + cost(i, j) (DESIGN 6). A group is only formed
/// where it pays. Lines and constants of a group take at most the given share of `l1`.
/// `dfs_search_constraint` bounds the number of groups looked at.
std::vector<TileGroup> ChooseGroups(const MappedNetwork& network, const Target& target,
                                    const CompilationOptions& options, Bytes l1,
                                    const GroupSettings& settings);

}  // namespace imcc
