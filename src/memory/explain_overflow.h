// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "config/options.h"
#include "mapping/kernel.h"
#include "memory/memory.h"
#include "target/target.h"

namespace imcc {

/// Blocks of one memory that are needed at the same time and exceed it.
struct Conflict {
  size_t step = 0;             // The kernel that needs most.
  Bytes live;                  // Then: no placement needs less.
  std::vector<size_t> blocks;  // As few as possible that cannot be there together; largest first.
  size_t blocks_step = 0;      // The kernel at which they meet.
  Bytes blocks_bytes;          // Their sum.
};

/// In: blocks with lives in steps. Out: the proof that they exceed `capacity`; `blocks` is empty if
/// they do not, and only offsets are hard to find.
Conflict FindConflict(const std::vector<Allocation>& allocations, size_t steps, Bytes capacity);

/// The error for allocations of one memory that do not fit: the bytes no placement does without,
/// the kernel, a smallest set of blocks that cannot coexist, and the option that would help.
Error ExplainOverflow(const std::vector<Allocation>& allocations, const MappedNetwork& network,
                      Bytes capacity, const Target& target, const CompilationOptions& options);

}  // namespace imcc
