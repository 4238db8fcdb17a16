// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mapping/kernel.h"

namespace imcc {

/// Kernels that write and read each buffer, by BufferId, in execution order.
struct BufferLinks {
  std::vector<std::vector<size_t>> writers, readers;
};
BufferLinks LinksOf(const MappedNetwork& network);

/// Rows [0, end) of an operand that rows [0, rows) of the kernel's tiled plane read.
int64_t RowsNeeded(const Kernel& kernel, size_t operand, int64_t rows);

/// Rows of an operand that some rows of the kernel's tiled plane read.
Interval<int64_t> RowsRead(const Kernel& kernel, size_t operand, Interval<int64_t> rows);

/// Whether kernels [first, last) may be computed stripe by stripe. Consecutive kernels are convex.
/// Refused are: planes of a single row; a tensor made in the group and read in it that is also
/// written by others, is seen under another shape, or is joined along its height or width; a
/// broadcast of something made in the group; readers of a global pool of the group, which is only
/// complete at the end; a second global pool, since the unit has one set of sums; and products of
/// two activations, whose second operand is no window of rows.
bool MayGroup(const MappedNetwork& network, const BufferLinks& links, size_t first, size_t last);

/// True if nothing outside kernels [first, last) touches the buffer.
bool IsInternal(const MappedNetwork& network, const BufferLinks& links, BufferId buffer,
                size_t first, size_t last);

}  // namespace imcc
