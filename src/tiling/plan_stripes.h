// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mapping/kernel.h"
#include "tiling/group_rules.h"
#include "tiling/tiling.h"

namespace imcc {

/// Consecutive kernels [first, last) that may be grouped.
struct GroupSpan {
  size_t first = 0;
  size_t last = 0;
  size_t count() const { return last - first; }
  bool Contains(size_t kernel) const { return kernel >= first && kernel < last; }
};

/// In: a group and the number of stripes its last rows are cut into. Out: who computes which rows
/// when, and how many rows of each tensor L1 holds.
///
/// Rows are propagated backwards: a kernel has computed what the hull of its readers needs by then
/// (DESIGN 6), so nothing is computed twice. Stripes are skewed: while a kernel works on stripe t,
/// its readers work on stripe t - 1, so that all engines are busy at once. `double_buffer` keeps
/// room for one more stripe of what is copied in or out; `pword` in bytes.
struct StripeSettings {
  int64_t pword = 64;
  bool double_buffer = true;
};
TileGroup PlanStripes(const MappedNetwork& network, const BufferLinks& links, GroupSpan span,
                      int64_t stripes, const StripeSettings& settings);

}  // namespace imcc
