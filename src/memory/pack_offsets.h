// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/units.h"
#include "memory/memory.h"

namespace imcc {

/// Every allocation starts at a multiple of this: one pword, the width of the memories' ports.
inline constexpr int64_t kAlignment = 64;

/// Places `next` at the lowest offset where it overlaps none of `placed` in space and time. Returns
/// false, leaving it unplaced, if that exceeds `capacity`.
bool PlaceLowest(Allocation& next, const std::vector<const Allocation*>& placed, Bytes capacity);

/// Offsets for all allocations within `capacity`, trying several greedy orders (size, then life,
/// then area first). Returns false if none of them fits; offsets are then meaningless.
bool PackOffsets(std::vector<Allocation>& allocations, Bytes capacity);

}  // namespace imcc
