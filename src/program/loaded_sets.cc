// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "program/loaded_sets.h"

#include <fmt/format.h>

#include <algorithm>

namespace imcc {
namespace {

bool Covers(Interval<int64_t> outer, Interval<int64_t> inner) {
  return outer.begin <= inner.begin && inner.end <= outer.end;
}

bool Covers(const LoadedSets::Box& outer, const LoadedSets::Box& inner) {
  return outer.set == inner.set && Covers(outer.rows, inner.rows) &&
         Covers(outer.columns, inner.columns);
}

int64_t Height(const LoadedSets::Box& box) { return box.rows.end - box.rows.begin; }

/// Column after column; rows that are not read are 0.
std::vector<uint8_t> CellsOf(const LoadWeightsTask& load, const ConstantCopies& constants) {
  if (load.column_stride == load.rows && load.valid == load.rows)
    return constants.Read(load.source, static_cast<size_t>(load.cells()));
  std::vector<uint8_t> cells;
  for (int64_t n = 0; n < load.columns; ++n) {
    std::vector<uint8_t> column =
        constants.Read(Plus(load.source, n * load.column_stride), load.valid);
    column.resize(load.rows);
    cells.insert(cells.end(), column.begin(), column.end());
  }
  return cells;
}

}  // namespace

Status LoadedSets::CheckInside(const Box& box) const {
  if (box.set < array_.weight_sets && box.rows.end <= array_.rows &&
      box.columns.end <= array_.columns)
    return {};
  return Error{.code = ErrorCode::kFormat,
               .subject = fmt::format("set {}", box.set),
               .message = fmt::format("rows up to {} and columns up to {} are used, and the array "
                                      "has {} sets of {} x {}",
                                      box.rows.end, box.columns.end, array_.weight_sets,
                                      array_.rows, array_.columns)};
}

Status LoadedSets::Load(const LoadWeightsTask& load, const ConstantCopies& constants) {
  const Box box{load.set,
                {load.row0, int64_t{load.row0} + load.rows},
                {load.column0, int64_t{load.column0} + load.columns}};
  IMCC_TRY(CheckInside(box));
  loaded_.erase(std::remove_if(loaded_.begin(), loaded_.end(),
                               [&](const Loaded& old) { return Covers(box, old.box); }),
                loaded_.end());
  loaded_.push_back({loads_++, box, constants.HomeOf(load.source).value_or(load.source),
                     load.column_stride, CellsOf(load, constants)});
  return {};
}

Result<LoadedSets::Origin> LoadedSets::OriginOf(const Box& box) const {
  IMCC_TRY(CheckInside(box));
  const Box cell{
      box.set, {box.rows.begin, box.rows.begin + 1}, {box.columns.begin, box.columns.begin + 1}};
  const auto loaded = std::find_if(loaded_.rbegin(), loaded_.rend(),
                                   [&](const Loaded& l) { return Covers(l.box, cell); });
  if (loaded == loaded_.rend())
    return Error{.code = ErrorCode::kFormat,
                 .subject = fmt::format("set {}", box.set),
                 .message = fmt::format("is multiplied from row {}, column {} on, where nothing "
                                        "was loaded",
                                        box.rows.begin, box.columns.begin)};
  Origin origin{loaded->home, loaded->number};
  origin.home.offset +=
      static_cast<uint64_t>((box.columns.begin - loaded->box.columns.begin) * loaded->stride +
                            box.rows.begin - loaded->box.rows.begin);
  return origin;
}

std::vector<uint8_t> LoadedSets::Cells(const Box& box) const {
  const int64_t height = Height(box);
  std::vector<uint8_t> cells(static_cast<size_t>(height * (box.columns.end - box.columns.begin)));
  for (const Loaded& loaded : loaded_) {
    const Interval<int64_t> rows = Common(loaded.box.rows, box.rows);
    const Interval<int64_t> columns = Common(loaded.box.columns, box.columns);
    if (loaded.box.set != box.set || rows.empty()) continue;
    for (int64_t column = columns.begin; column < columns.end; ++column)
      std::copy_n(
          loaded.bytes.begin() + (column - loaded.box.columns.begin) * Height(loaded.box) +
              rows.begin - loaded.box.rows.begin,
          rows.end - rows.begin,
          cells.begin() + (column - box.columns.begin) * height + rows.begin - box.rows.begin);
  }
  return cells;
}

}  // namespace imcc
