// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "tiling/tiling.h"

namespace imcc {

/// Judge of one group: replays its stripes row by row. Every row of every kernel is computed once
/// and in order, no row is loaded twice, and every row a tap reads is in its slot by then and has
/// not been overwritten.
Status VerifyStripes(const TileGroup& group, const MappedNetwork& network);

}  // namespace imcc
