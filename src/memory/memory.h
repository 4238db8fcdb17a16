// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "config/options.h"
#include "isa/task.h"
#include "mapping/budget.h"
#include "mapping/kernel.h"
#include "memory/paged_buffer.h"
#include "target/target.h"
#include "tiling/tiling.h"

namespace imcc {

/// A block of one memory for a span of kernels (half-open, in kernel numbers).
struct Allocation {
  std::string name;
  Region region = Region::kDdr;
  Bytes size;
  Interval<int64_t> life;
  Bytes offset;
};

/// L1 tile slots of one kernel; empty where the tensor itself lives in L1.
struct KernelSlots {
  std::vector<std::vector<Address>> inputs;  // By operand, then by buffer number.
  std::vector<Address> output;
};

struct MemoryPlan {
  MemoryBudget budget;
  std::vector<Address> buffers;    // Home of each activation buffer, by BufferId; its lines, if it
                                   // only lives inside a group; not those in `paged`.
  std::vector<PagedBuffer> paged;  // By BufferId; empty for those that lie whole in one memory.
  std::vector<std::vector<Address>> weights;  // Of each weight tile, by KernelId.
  std::vector<Address> constants;           // Of each kernel's constants: L1 (resident), L2 or DDR.
  std::vector<Address> constants_l1;        // Where the engines read them, by KernelId.
  std::vector<KernelSlots> slots;           // By KernelId; of kernels alone in their group.
  std::vector<std::vector<Address>> lines;  // By group and line buffer; none if it lives in L1.
  std::vector<Address> staging;             // Chunks for weights streamed from DDR; may be empty.
  std::vector<Allocation> allocations;      // Everything above, for the judge and the memory map.

  /// DDR bytes a frame of the weights and of tensors outside L1 that no paging goes below, if it
  /// was computed.
  std::optional<Bytes> paging_bound;

  /// Highest byte used of a memory.
  Bytes Peak(Region region) const;
};

/// What a plan may do. The option page_memory rules over paging.
struct PlacementSettings {
  bool page_weights = true;       // Tile by tile, else layer by layer.
  bool page_activations = false;  // Rows in L2 and DDR over time, else whole buffers.
  /// Of L1, that whole tensors may fill beside the tiles of the kernels at work. In the rest,
  /// neighbouring kernels find space of their own and need not wait for each other.
  double l1_share = 1;
  /// Weights that DDR would send, or L2 several times a frame, live in what is left of L1.
  bool weights_in_l1 = false;
  /// Of L2, for the rows: the rest of them goes to DDR although there is room. Tiles that come from
  /// one memory while others go to the other are faster than all of them in one.
  double l2_share = 1;
};

/// In: kernels and tiles. Out: an address for everything. Without paging: whole buffers in one
/// memory for their whole life. Tensors go to L1 while they fit (most bytes moved per byte and step
/// held first), then to L2, then to DDR. Promise: no two live allocations overlap, every budget is
/// kept; what cannot fit is an error with the bytes needed and available.
Result<MemoryPlan> PlanMemory(const MappedNetwork& network, const TilePlan& tiles,
                              const Target& target, const CompilationOptions& options,
                              PlacementSettings settings = {});

/// Judge of the paged buffers: every row is somewhere whenever a kernel reads or writes it, and
/// what is read in L2 was written or copied there.
Status VerifyPages(const MemoryPlan& plan, const MappedNetwork& network);

/// Where a plan put tensors and weights, for the cost model. Tensors that only live in the lines of
/// a group count as in L2, where they would be without it.
Placement PlacementOf(const MemoryPlan& plan, const TilePlan& tiles);

/// Judge: pairwise, in space and time; inside the budgets.
Status Verify(const MemoryPlan& plan);

std::string Dump(const MemoryPlan& plan);

}  // namespace imcc
