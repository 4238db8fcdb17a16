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

std::string TilesText(const TileDrawings& drawings, size_t raster) {
  std::vector<std::string> ranges;
  int64_t count = 0;
  const auto shows = [&](size_t tile) { return drawings.raster_of[tile] == raster; };
  for (size_t i = 0; i < drawings.raster_of.size(); ++i) {
    if (!shows(i)) continue;
    size_t end = i + 1;
    while (end < drawings.raster_of.size() && shows(end)) ++end;
    ranges.push_back(RangeText({static_cast<int64_t>(i), static_cast<int64_t>(end)}));
    count += static_cast<int64_t>(end - i);
    i = end;
  }
  return fmt::format("{} {}", count == 1 ? "tile" : "tiles", fmt::join(ranges, " "));
}

std::string ReplicationName(const ArrayPicture& picture) {
  if (picture.replicas == 1) return "no replication";
  return fmt::format("factor {}, {}", picture.replicas,
                     picture.is_shifted() ? "shifted windows" : "disjoint copies");
}

}  // namespace imcc
