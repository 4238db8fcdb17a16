// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/units.h"
#include "isa/task.h"

namespace imcc {

/// Rows of a buffer that lie in one piece in L2 while some kernels run (half-open).
struct RowsInL2 {
  Interval<int64_t> rows;
  Interval<int64_t> kernels;
  bool is_reload = false;  // Copied from DDR before the first of these kernels; else written there.
  Address address;         // Of the first row.
};

/// Consecutive rows in one place.
struct RowRun {
  Address address;
  int64_t rows = 0;
};

/// Where the rows of a buffer are that is placed page by page. A row may lie in L2 for a while, in
/// DDR from when it is written, or in both.
struct PagedBuffer {
  int64_t row_stride = 0;  // Bytes.
  std::vector<RowsInL2> l2;
  std::vector<Interval<int64_t>> ddr;  // Rows, ascending and apart.
  Address ddr_address;                 // Of the first of them; those left out leave holes.

  bool empty() const { return l2.empty() && ddr.empty(); }
  /// First row in DDR to behind the last.
  Interval<int64_t> ddr_extent() const;
  Address InDdr(int64_t row) const;

  /// Where a kernel finds a row, and how many of those that follow lie behind it there. No rows:
  /// nowhere.
  RowRun Read(int64_t row, int64_t kernel) const;
  /// Where a kernel must write a row, for as many rows as all these places hold; none: nowhere.
  std::vector<RowRun> Write(int64_t row, int64_t kernel) const;
};

/// Adds rows to ascending intervals, joining those that touch.
void AddRows(std::vector<Interval<int64_t>>& intervals, Interval<int64_t> rows);

}  // namespace imcc
