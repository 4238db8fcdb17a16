// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "program/program.h"

namespace imcc {

/// How full one memory is while each layer runs.
struct LevelUse {
  Region region = Region::kL1;
  Bytes capacity;                  // Budget after reservations and constraints.
  Bytes highest;                   // Highest byte used, with the holes below it.
  std::vector<Bytes> live;         // By layer: sizes of the blocks that are taken.
  size_t fullest = 0;              // The first layer with most live bytes.
  std::vector<size_t> at_fullest;  // Blocks live then, the largest first.
};

/// Bytes of one tensor (or weights, tables) in each memory, largest at any time.
struct TensorPlaces {
  std::string name;
  std::array<Bytes, 3> bytes;  // L1, L2, DDR.
};

struct MemoryTimeline {
  std::vector<MemoryBlock> blocks;
  std::vector<LevelUse> levels;       // L1, L2, DDR.
  std::vector<TensorPlaces> tensors;  // In the order they are first used.
};

/// In: a program. Out: its memories over time, as `imcc inspect --memory` and report.html show
/// them.
MemoryTimeline SummarizeMemory(const Program& program);

}  // namespace imcc
