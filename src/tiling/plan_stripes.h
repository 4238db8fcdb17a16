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

/// Parts that the rows and the columns of what leaves the group are cut into.
struct StripeCut {
  int64_t stripes = 1;
  int64_t bands = 1;
};

/// In: a group and how it is cut. Out: who computes which rows and columns when, and how many rows
/// of each tensor L1 holds.
///
/// Rows are propagated backwards: a kernel has computed what the hull of its readers needs by then
/// (DESIGN 6), so nothing is computed twice but the halo of bands. Stripes are skewed: while a
/// kernel works on stripe t, its readers work on stripe t - 1, so that all engines are busy at
/// once. `double_buffer` keeps room for one more stripe of what is copied in or out; `pword` in
/// bytes.
struct StripeSettings {
  int64_t pword = 64;
  bool double_buffer = true;
};
TileGroup PlanStripes(const MappedNetwork& network, const BufferLinks& links, GroupSpan span,
                      StripeCut cut, const StripeSettings& settings);

}  // namespace imcc
