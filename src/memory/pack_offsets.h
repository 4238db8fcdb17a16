// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/units.h"
#include "memory/memory.h"

namespace imcc {

/// Every allocation starts at a multiple of this: one pword, the width of the memories' ports.
inline constexpr int64_t kAlignment = 64;

/// Places `next` at the lowest offset where it overlaps none of `placed` (by offset, lowest first)
/// in space and time. Returns false if that exceeds `capacity`.
bool PlaceLowest(Allocation& next, const std::vector<const Allocation*>& placed, Bytes capacity);

/// Adds an allocation to those placed.
void InsertByOffset(const Allocation& next, std::vector<const Allocation*>& placed);

/// Offsets for all allocations within `capacity`, trying several greedy orders (life, size, then
/// area first). Returns false if none of them fits; offsets are then meaningless. With `slack`,
/// space is left alone for that many steps before and after its use wherever capacity allows: a
/// kernel that takes the space of the one before it could not start until that one is done.
bool PackGreedily(std::vector<Allocation>& allocations, Bytes capacity, int64_t slack = 0);

/// The same, and where no greedy order fits the exact planner of offsets/ for up to a second.
bool PackOffsets(std::vector<Allocation>& allocations, Bytes capacity, int64_t slack = 0);

}  // namespace imcc
