// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "memory/paged_buffer.h"

#include <algorithm>
#include <limits>

namespace imcc {

namespace {

Address After(Address address, int64_t bytes) {
  address.offset += static_cast<uint64_t>(bytes);
  return address;
}

}  // namespace

Interval<int64_t> PagedBuffer::ddr_extent() const {
  if (ddr.empty()) return {};
  return {ddr.front().begin, ddr.back().end};
}

Address PagedBuffer::InDdr(int64_t row) const {
  return After(ddr_address, (row - ddr_extent().begin) * row_stride);
}

RowRun PagedBuffer::Read(int64_t row, int64_t kernel) const {
  int64_t next = std::numeric_limits<int64_t>::max();  // Where rows begin to lie in L2.
  for (const RowsInL2& piece : l2) {
    if (!piece.kernels.Contains(kernel)) continue;
    if (piece.rows.Contains(row))
      return {After(piece.address, (row - piece.rows.begin) * row_stride), piece.rows.end - row};
    if (piece.rows.begin > row) next = std::min(next, piece.rows.begin);
  }
  for (const Interval<int64_t>& rows : ddr)
    if (rows.Contains(row)) return {InDdr(row), std::min(rows.end, next) - row};
  return {};
}

std::vector<RowRun> PagedBuffer::Write(int64_t row, int64_t kernel) const {
  std::vector<RowRun> places;
  int64_t rows = std::numeric_limits<int64_t>::max();
  // A place that begins further down ends the run: there are then more places to write.
  const auto consider = [&](Interval<int64_t> range, Address address) {
    if (range.Contains(row)) {
      places.push_back({address, 0});
      rows = std::min(rows, range.end - row);
    } else if (range.begin > row) {
      rows = std::min(rows, range.begin - row);
    }
  };
  for (const RowsInL2& piece : l2)
    if (piece.kernels.Contains(kernel) && !piece.is_reload)
      consider(piece.rows, After(piece.address, (row - piece.rows.begin) * row_stride));
  for (const Interval<int64_t>& range : ddr) consider(range, InDdr(row));
  for (RowRun& place : places) place.rows = rows;
  return places;
}

void AddRows(std::vector<Interval<int64_t>>& intervals, Interval<int64_t> rows) {
  if (rows.empty()) return;
  std::vector<Interval<int64_t>> result;
  for (const Interval<int64_t>& other : intervals) {
    if (other.end < rows.begin || rows.end < other.begin)
      result.push_back(other);
    else
      rows = {std::min(rows.begin, other.begin), std::max(rows.end, other.end)};
  }
  result.push_back(rows);
  std::sort(result.begin(), result.end(),
            [](const auto& a, const auto& b) { return a.begin < b.begin; });
  intervals = std::move(result);
}

}  // namespace imcc
