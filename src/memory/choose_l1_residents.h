// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "memory/memory.h"

namespace imcc {

/// When each buffer holds data, and the L2/DDR bytes a frame moves if it does not live in L1.
struct BufferUse {
  Interval<int64_t> life;
  Bytes traffic;
};
std::vector<BufferUse> UsesOfBuffers(const MappedNetwork& network);

/// L1 slots a kernel needs for its operands outside L1, all buffers of them together.
Bytes SlotBytes(const MappedNetwork& network, const TilePlan& tiles, size_t kernel,
                const std::vector<bool>& in_l1);

/// Buffers that live in L1, most valuable first: greedy by bytes moved per byte and step held,
/// while every step's live bytes stay within `capacity`. Network inputs and outputs never do (the
/// host reaches DDR only).
std::vector<BufferId> ChooseL1Residents(const MappedNetwork& network, const TilePlan& tiles,
                                        const std::vector<Bytes>& other_bytes_by_step,
                                        Bytes capacity);

}  // namespace imcc
