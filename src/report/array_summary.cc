// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "report/array_summary.h"

#include <fmt/format.h>

#include <algorithm>

namespace imcc {

std::string RangeText(Interval<int64_t> range) {
  if (range.empty()) return "";
  if (range.end - range.begin == 1) return fmt::format("{}", range.begin);
  return fmt::format("{}-{}", range.begin, range.end - 1);
}

Interval<int64_t> Hull(Interval<int64_t> a, Interval<int64_t> b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

RowSummary SummaryOf(const ArrayTile& tile, Interval<int64_t> rows) {
  RowSummary summary;
  for (const ArrayRows& part : tile.row_meaning) {
    const Interval<int64_t> common{std::max(part.rows.begin, rows.begin),
                                   std::min(part.rows.end, rows.end)};
    if (common.empty()) continue;
    const int64_t shift = part.channels.begin - part.rows.begin;
    summary.kernel_rows = Hull(summary.kernel_rows, {part.kernel_row, part.kernel_row + 1});
    summary.input_columns = Hull(summary.input_columns, {part.input_column, part.input_column + 1});
    summary.channels = Hull(summary.channels, {common.begin + shift, common.end + shift});
  }
  return summary;
}

TileDrawings DistinctDrawings(const ArrayPicture& picture, int64_t max_height, int64_t max_width) {
  TileDrawings drawings;
  for (size_t i = 0; i < picture.tiles.size(); ++i) {
    ArrayRaster raster = RasterOf(picture, picture.tiles[i], max_height, max_width);
    const auto same = std::find(drawings.rasters.begin(), drawings.rasters.end(), raster);
    drawings.raster_of.push_back(static_cast<size_t>(same - drawings.rasters.begin()));
    if (same != drawings.rasters.end()) continue;
    drawings.rasters.push_back(std::move(raster));
    drawings.drawn.push_back(i);
  }
  return drawings;
}

}  // namespace imcc
