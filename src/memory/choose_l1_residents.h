// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "memory/memory.h"

namespace imcc {

/// When each buffer holds data, and the L2/DDR bytes a frame moves if it does not live in L1. All
/// that a group touches lives while the group runs: its kernels take turns. Constants always live.
struct BufferUse {
  Interval<int64_t> life;
  Bytes traffic;
  bool is_internal = false;  // Of a group: it has line buffers and no home.
};
std::vector<BufferUse> UsesOfBuffers(const MappedNetwork& network, const TilePlan& tiles);

/// L1 bytes that the tiles of a kernel, or the lines of a group, need for operands outside L1.
Bytes SlotBytes(const MappedNetwork& network, const TilePlan& tiles, const TileGroup& group,
                const std::vector<bool>& in_l1);

/// Buffers that live in L1, most valuable first: greedy by bytes moved per byte and step held,
/// while every step's live bytes stay within `capacity`. Network inputs and outputs never do (the
/// host reaches DDR only).
std::vector<BufferId> ChooseL1Residents(const MappedNetwork& network, const TilePlan& tiles,
                                        const std::vector<Bytes>& other_bytes_by_step,
                                        Bytes capacity);

}  // namespace imcc
