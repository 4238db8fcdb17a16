// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "isa/task.h"
#include "program/constant_copies.h"
#include "target/target.h"

namespace imcc {

/// What stands in the weight sets of one array while its task list is followed.
class LoadedSets {
 public:
  /// Cells of one set.
  struct Box {
    uint8_t set = 0;
    Interval<int64_t> rows, columns;
  };
  /// Where the weight of a cell comes from.
  struct Origin {
    Address home;     // Where the file put it.
    size_t load = 0;  // Number of the load that brought it.
  };

  explicit LoadedSets(const ImcArray& array) : array_(array) {}

  /// An error if the weights do not fit the array.
  Status Load(const LoadWeightsTask& load, const ConstantCopies& constants);

  /// Of the first cell of a box; an error if the box is outside the array or the cell empty.
  Result<Origin> OriginOf(const Box& box) const;

  /// The weights in a box inside the array, column after column; 0 where nothing was loaded.
  std::vector<uint8_t> Cells(const Box& box) const;

 private:
  struct Loaded {
    size_t number = 0;
    Box box;
    Address home;
    int64_t stride = 0;          // Bytes from column to column at home.
    std::vector<uint8_t> bytes;  // Column after column.
  };

  Status CheckInside(const Box& box) const;

  ImcArray array_;
  size_t loads_ = 0;
  std::vector<Loaded> loaded_;  // Oldest first; those that were overwritten whole are gone.
};

}  // namespace imcc
