// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "memory/memory.h"

namespace imcc {

namespace {

/// Kernels that touch one paged buffer.
class PageJudge {
 public:
  PageJudge(const PagedBuffer& paged, const MappedNetwork& network, BufferId id)
      : paged_(paged), network_(network), id_(id) {}

  Status Run() const {
    for (size_t k = 0; k < network_.kernels.size(); ++k) {
      const Kernel& kernel = network_.kernels[k];
      const auto step = static_cast<int64_t>(k);
      const Destination& output = kernel.output;
      if (output.buffer == id_)
        IMCC_TRY(CheckWrites({output.y0, output.y0 + output.box.height}, step));
      for (const Operand& input : kernel.inputs)
        if (input.buffer == id_) IMCC_TRY(CheckReads({0, input.map.height}, step));
    }
    for (const RowsInL2& piece : paged_.l2) IMCC_TRY(CheckFilled(piece));
    return {};
  }

 private:
  Error Wrong(const char* what, int64_t row, int64_t step) const {
    return Error{.code = ErrorCode::kCapacity,
                 .subject = network_.buffer(id_).name,
                 .message = fmt::format("row {} {} at kernel {}", row, what, step)};
  }

  Status CheckReads(Interval<int64_t> rows, int64_t step) const {
    for (int64_t row = rows.begin; row < rows.end; ++row)
      if (paged_.Read(row, step).rows < 1) return Wrong("is nowhere to be read", row, step);
    return {};
  }

  Status CheckWrites(Interval<int64_t> rows, int64_t step) const {
    for (int64_t row = rows.begin; row < rows.end; ++row)
      if (paged_.Write(row, step).empty()) return Wrong("is written nowhere", row, step);
    return {};
  }

  /// Written there by every kernel that writes these rows, or copied from DDR after the last.
  Status CheckFilled(const RowsInL2& piece) const {
    for (size_t k = 0; k < network_.kernels.size(); ++k) {
      const Destination& output = network_.kernels[k].output;
      const Interval<int64_t> rows{output.y0, output.y0 + output.box.height};
      if (output.buffer != id_ || !rows.Overlaps(piece.rows)) continue;
      const auto step = static_cast<int64_t>(k);
      const bool is_there = piece.is_reload ? step < piece.kernels.begin && IsInDdr(piece.rows)
                                            : piece.kernels.Contains(step);
      if (!is_there) return Wrong("is not brought to L2", piece.rows.begin, step);
    }
    return {};
  }

  bool IsInDdr(Interval<int64_t> rows) const {
    return std::any_of(paged_.ddr.begin(), paged_.ddr.end(), [&](const auto& range) {
      return range.begin <= rows.begin && rows.end <= range.end;
    });
  }

  const PagedBuffer& paged_;
  const MappedNetwork& network_;
  BufferId id_;
};

}  // namespace

Status VerifyPages(const MemoryPlan& plan, const MappedNetwork& network) {
  for (size_t i = 0; i < plan.paged.size(); ++i)
    if (!plan.paged[i].empty()) IMCC_TRY(PageJudge(plan.paged[i], network, BufferId(i)).Run());
  return {};
}

}  // namespace imcc
