// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mapping/kernel.h"
#include "memory/paged_buffer.h"
#include "tiling/tiling.h"

namespace imcc {

/// Unit of L2 that pages are planned in (DESIGN 6).
inline constexpr Bytes kPage{16 * 1024};

/// What is to be divided between L2 and DDR.
struct PageDemand {
  std::vector<bool> is_paged;  // By buffer; see CanPage.
  Bytes weights;               // And constants: read once a frame where they are not in L2.
  std::vector<Bytes> pinned;   // L2 taken by everything else, by kernel.
  Bytes l2;
  double l2_share = 1;  // Of it, that the plan may fill; the bound is for all of it.
};

struct PageDecision {
  /// By buffer: which rows lie where, still without addresses. What is not paged is empty.
  std::vector<PagedBuffer> buffers;
  Bytes resident_weights;
  /// DDR bytes a frame of these tensors and weights that no choice of pages goes below.
  Bytes lower_bound;
};

/// Whether every kernel sees the same rows as the buffer has: reshapes may not.
bool CanPage(const MappedNetwork& network, BufferId buffer);

/// In: tensors outside L1 and the L2 they may take. Out: which of their rows are in L2 when, by
/// PlanPaging over the groups of kernels. What stays of a tensor is one piece, its first rows or
/// its last ones by turns: a kernel then reads from DDR while it writes to L2, and the other way
/// round. Promise: at no time do rows, resident weights and `pinned` exceed L2.
PageDecision PlanPages(const MappedNetwork& network, const TilePlan& tiles,
                       const PageDemand& demand);

}  // namespace imcc
