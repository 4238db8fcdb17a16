// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "isa/task.h"
#include "program/program.h"
#include "target/target.h"

/// In: a program. Out: what every row and column of the array stands for, layer by layer.
namespace imcc {

/// Rows of the array that multiply neighbouring channels of one input pixel.
struct ArrayRows {
  Interval<int64_t> rows;
  int64_t kernel_row = 0;
  int64_t input_column = 0;    // Relative to the window of replica 0.
  Interval<int64_t> channels;  // Of the input.
  uint8_t replicas = 0;        // Bit i: the window of replica i touches this input column.
  friend bool operator==(const ArrayRows&, const ArrayRows&) = default;
};

/// Columns of the array that sum up neighbouring output channels of one replica.
struct ArrayColumns {
  Interval<int64_t> columns;
  int64_t replica = 0;         // The output pixel among those of one multiply.
  Interval<int64_t> channels;  // Of the output.
  friend bool operator==(const ArrayColumns&, const ArrayColumns&) = default;
};

/// A box of cells that hold weights of the network; those of one tile do not overlap.
struct WeightBlock {
  Interval<int64_t> rows, columns;
  int64_t replica = 0;
  int64_t cells() const { return (rows.end - rows.begin) * (columns.end - columns.begin); }
  friend bool operator==(const WeightBlock&, const WeightBlock&) = default;
};

/// One weight matrix as the array multiplies with it.
struct ArrayTile {
  Address home;               // Where the file put its weights; of computed ones, in L1.
  bool is_computed = false;   // The weights are an activation: other ones in every frame.
  std::vector<int64_t> sets;  // It stands in, ascending.
  Interval<int64_t> rows;     // Loaded, padding included.
  Interval<int64_t> columns;
  std::vector<ArrayRows> row_meaning;  // Ascending; padding rows are in none.
  std::vector<ArrayColumns> column_meaning;
  std::vector<WeightBlock> blocks;
  int64_t weight_cells = 0;   // Of the blocks.
  int64_t nonzero_cells = 0;  // Of all that is loaded; of computed ones all that may be.
  int64_t loads = 0;          // A frame.
  Mvms mvms;                  // A frame.
  Macs macs;                  // A frame, those of the network.
  /// In the file.
  Bytes bytes() const {
    return Bytes(is_computed ? 0 : (rows.end - rows.begin) * (columns.end - columns.begin));
  }
};

/// How a layer stands in the array.
struct ArrayPicture {
  size_t layer = 0;
  std::string name, op;
  int64_t array_rows = 0, array_columns = 0, weight_sets = 0;  // Of the machine.
  int64_t replicas = 1;                                        // The ICR factor.
  int64_t groups = 1;            // Read off the weights: blocks between which all weights are 0.
  std::vector<ArrayTile> tiles;  // In order of first use.

  int64_t set_cells() const { return array_rows * array_columns; }
  /// Whether replicas share input columns (shifted windows) or have their own (disjoint copies).
  bool is_shifted() const;
  Mvms mvms() const;
  Macs macs() const;
  Bytes weight_bytes() const;            // Those in the file.
  std::vector<int64_t> sets() const;     // Used by any tile, ascending.
  double occupancy() const;              // Cells with weights of the network / cells of the sets.
  double effective_utilisation() const;  // MACs / (cells of a set * MVMs).
};

/// The pictures of all layers that use the array, in the order of the network. `target` is the one
/// the program was compiled for. An error if a list multiplies with weights it never loaded.
Result<std::vector<ArrayPicture>> DrawArrays(const Program& program, const Target& target);

/// A picture of the array at a coarse raster: for each patch the replica that owns most of its
/// cells.
struct ArrayRaster {
  static constexpr int8_t kNotLoaded = -2;
  static constexpr int8_t kLoadedZero = -1;
  int64_t patch_rows = 1, patch_columns = 1;  // Cells of a patch.
  int64_t height = 0, width = 0;              // Patches.
  std::vector<int8_t> owner;                  // Replica, kLoadedZero or kNotLoaded; row by row.

  int8_t at(int64_t y, int64_t x) const { return owner[static_cast<size_t>(y * width + x)]; }
  friend bool operator==(const ArrayRaster&, const ArrayRaster&) = default;
};
/// At most max_height x max_width patches.
ArrayRaster RasterOf(const ArrayPicture& picture, const ArrayTile& tile, int64_t max_height,
                     int64_t max_width);

}  // namespace imcc
