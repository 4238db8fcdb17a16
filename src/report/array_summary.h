// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "program/array_picture.h"

/// What the renderers of an ArrayPicture have in common.
namespace imcc {

/// "0-63", "7" for a single number, "" for none.
std::string RangeText(Interval<int64_t> range);

/// Smallest range that holds both; an empty one counts nothing.
Interval<int64_t> Hull(Interval<int64_t> a, Interval<int64_t> b);

/// What a stretch of rows of a tile stands for.
struct RowSummary {
  Interval<int64_t> kernel_rows, input_columns, channels;
  friend bool operator==(const RowSummary&, const RowSummary&) = default;
};
RowSummary SummaryOf(const ArrayTile& tile, Interval<int64_t> rows);

/// Tiles that look the same: indices of those drawn, and for every tile the one that shows it.
struct TileDrawings {
  std::vector<ArrayRaster> rasters;  // Of the tiles that are drawn.
  std::vector<size_t> drawn;         // Index of the tile of each raster.
  std::vector<size_t> raster_of;     // By tile.
};
TileDrawings DistinctDrawings(const ArrayPicture& picture, int64_t max_height, int64_t max_width);

/// The tiles a drawing shows: "tile 0", "tiles 0-3 5".
std::string TilesText(const TileDrawings& drawings, size_t drawing);

/// "factor 4, shifted windows", "no replication".
std::string ReplicationName(const ArrayPicture& picture);

}  // namespace imcc
