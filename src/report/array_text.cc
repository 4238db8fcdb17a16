// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "report/array_summary.h"
#include "report/array_views.h"
#include "report/human.h"
#include "report/text_table.h"

namespace imcc {
namespace {

constexpr int64_t kDrawingHeight = 32;  // Lines.
constexpr int64_t kDrawingWidth = 64;   // Characters.
constexpr size_t kTableWidth = 100;
constexpr size_t kLabelWidth = 25;  // Of "row ky x channels" left of a drawing.

std::string AddressText(Address address) {
  const char* region = address.region == Region::kL1   ? "L1"
                       : address.region == Region::kL2 ? "L2"
                                                       : "DDR";
  return fmt::format("{}:{:#x}", region, address.offset);
}

std::string ListText(const std::vector<int64_t>& numbers) {
  return fmt::format("{}", fmt::join(numbers, " "));
}

std::string ReplicationText(const ArrayPicture& picture) {
  if (picture.replicas == 1) return "off: a multiply computes one output pixel";
  return fmt::format("{}: a multiply computes {} neighbouring output pixels",
                     ReplicationName(picture), picture.replicas);
}

/// Replicas and output channels of a tile.
std::pair<Interval<int64_t>, Interval<int64_t>> ColumnSummary(const ArrayTile& tile) {
  std::pair<Interval<int64_t>, Interval<int64_t>> summary;
  for (const ArrayColumns& part : tile.column_meaning) {
    summary.first = Hull(summary.first, {part.replica, part.replica + 1});
    summary.second = Hull(summary.second, part.channels);
  }
  return summary;
}

std::string HeaderText(const ArrayPicture& picture) {
  Interval<int64_t> rows, columns;
  int64_t nonzero = 0;
  bool is_computed = false;
  for (const ArrayTile& tile : picture.tiles) {
    rows = Hull(rows, tile.rows);
    columns = Hull(columns, tile.columns);
    nonzero += tile.nonzero_cells;
    is_computed = is_computed || tile.is_computed;
  }
  std::string text = fmt::format("layer {}  {}  ({})\n\n", picture.layer, picture.name, picture.op);
  const auto line = [&](const char* key, const std::string& value) {
    text += fmt::format("{:<23}{}\n", key, value);
  };
  line("in-core replication", ReplicationText(picture));
  if (picture.groups > 1) line("groups", fmt::format("{}, block-diagonal", picture.groups));
  line("weight tiles",
       fmt::format("{} in {} of {} sets ({})", picture.tiles.size(), picture.sets().size(),
                   picture.weight_sets, ListText(picture.sets())));
  line("rows x columns", fmt::format("{} x {} of {} x {}", rows.end, columns.end,
                                     picture.array_rows, picture.array_columns));
  line("occupancy", HumanPercent(picture.occupancy()) +
                        " of a set's cells hold weights of the network, a tile on average");
  line("effective utilisation",
       HumanPercent(picture.effective_utilisation()) + " of the array's MACs do work");
  line("MVMs", Grouped(picture.mvms().count()) + " a frame");
  line("weights", is_computed ? "an activation, other ones in every frame"
                              : fmt::format("{} with padding, {} not zero",
                                            HumanBytes(picture.weight_bytes()), Grouped(nonzero)));
  return text + "\n";
}

std::string TableText(const ArrayPicture& picture) {
  constexpr auto kRight = TextTable::Align::kRight;
  TextTable table({{.title = "tile", .align = kRight},
                   {.title = "set"},
                   {.title = "rows"},
                   {.title = "columns"},
                   {.title = "ky"},
                   {.title = "x"},
                   {.title = "channels"},
                   {.title = "replicas"},
                   {.title = "outputs"},
                   {.title = "cells", .align = kRight},
                   {.title = "MVMs", .align = kRight},
                   {.title = "loads", .align = kRight},
                   {.title = "kept at", .optional = true}});
  for (size_t i = 0; i < picture.tiles.size(); ++i) {
    const ArrayTile& tile = picture.tiles[i];
    const RowSummary rows = SummaryOf(tile, tile.rows);
    const auto [replicas, outputs] = ColumnSummary(tile);
    table.AddRow({fmt::format("{}", i), ListText(tile.sets), RangeText(tile.rows),
                  RangeText(tile.columns), RangeText(rows.kernel_rows),
                  RangeText(rows.input_columns), RangeText(rows.channels), RangeText(replicas),
                  RangeText(outputs), HumanPercent(Share(tile.weight_cells, picture.set_cells())),
                  Grouped(tile.mvms.count()), Grouped(tile.loads), AddressText(tile.home)});
  }
  return table.Render(kTableWidth);
}

/// A stretch of columns that a drawing labels.
struct Stretch {
  size_t begin = 0, end = 0;  // Characters.
  const ArrayColumns* columns = nullptr;
};

/// Where the replicas of a tile begin in a drawing; none if some would share a character.
std::vector<Stretch> StretchesOf(const ArrayTile& tile, const ArrayRaster& raster) {
  std::vector<Stretch> stretches;
  for (const ArrayColumns& part : tile.column_meaning) {
    const Stretch next{static_cast<size_t>(part.columns.begin / raster.patch_columns),
                       static_cast<size_t>(CeilDiv(part.columns.end, raster.patch_columns)), &part};
    if (!stretches.empty()) {
      if (next.begin <= stretches.back().begin) return {};
      stretches.back().end = next.begin;
    }
    stretches.push_back(next);
  }
  return stretches;
}

std::string StretchLabel(const ArrayColumns& columns, size_t brevity, bool alone) {
  const std::string channels = RangeText(columns.channels);
  if (alone && columns.replica == 0) return "outputs " + channels;
  if (brevity == 0) return fmt::format("replica {}, outputs {}", columns.replica, channels);
  if (brevity == 1) return fmt::format("replica {}: {}", columns.replica, channels);
  if (brevity == 2) return fmt::format("r{} {}", columns.replica, channels);
  return brevity == 3 ? fmt::format("r{}", columns.replica) : "";
}

/// The line of labels above a drawing, as long as all of them have room for.
std::string ColumnLabels(const std::vector<Stretch>& stretches) {
  for (size_t brevity = 0;; ++brevity) {
    std::string line(static_cast<size_t>(kDrawingWidth), ' ');
    bool fits = true;
    for (const Stretch& stretch : stretches) {
      const std::string label = StretchLabel(*stretch.columns, brevity, stretches.size() == 1);
      // A single label may run on beyond its columns.
      const size_t room =
          stretches.size() == 1 ? line.size() - stretch.begin : stretch.end - stretch.begin;
      fits = fits && label.size() + (stretches.size() == 1 ? 0 : 1) <= room;
      if (fits) line.replace(stretch.begin, label.size(), label);
    }
    if (fits) return line;
  }
}

char Symbol(int8_t owner) {
  if (owner == ArrayRaster::kNotLoaded) return ' ';
  return owner == ArrayRaster::kLoadedZero ? '.' : static_cast<char>('0' + owner);
}

/// Kernel row and input column are left out where they are those of the line above.
std::string RowLabel(int64_t row, const RowSummary& rows, const RowSummary& above) {
  const bool same =
      rows.kernel_rows == above.kernel_rows && rows.input_columns == above.input_columns;
  return fmt::format("{:>4} {:>3} {:>5} {:>9} ", row, same ? "" : RangeText(rows.kernel_rows),
                     same ? "" : RangeText(rows.input_columns), RangeText(rows.channels));
}

std::string TrimmedLine(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string DrawingText(const ArrayTile& tile, const ArrayRaster& raster) {
  const std::vector<Stretch> stretches = StretchesOf(tile, raster);
  const std::string margin(kLabelWidth, ' ');
  std::string border(static_cast<size_t>(raster.width), '-');
  for (const Stretch& stretch : stretches)
    for (const size_t x : {stretch.begin, stretch.end})
      if (x > 0 && x < border.size()) border[x] = '+';
  std::string text;
  if (!stretches.empty()) text += TrimmedLine(margin + " " + ColumnLabels(stretches));
  text += fmt::format("{:>4} {:>3} {:>5} {:>9} +{}+\n", "row", "ky", "x", "channels", border);
  RowSummary above;
  for (int64_t y = 0; y < raster.height; ++y) {
    const int64_t row = y * raster.patch_rows;
    const RowSummary rows = SummaryOf(tile, {row, row + raster.patch_rows});
    text += RowLabel(row, rows, above) + "|";
    for (int64_t x = 0; x < raster.width; ++x) text += Symbol(raster.at(y, x));
    text += "|\n";
    above = rows;
  }
  return text + margin + "+" + std::string(static_cast<size_t>(raster.width), '-') + "+\n";
}

std::string LegendText(const ArrayPicture& picture, const ArrayRaster& raster) {
  std::string text = fmt::format(
      "One character is {} rows x {} columns of cells:\n"
      "  {}  the replica most of its weights belong to\n"
      "  .    loaded zeros, where the network has no weight\n"
      "       nothing loaded\n",
      raster.patch_rows, raster.patch_columns,
      picture.replicas == 1 ? "0  " : fmt::format("0-{}", picture.replicas - 1));
  return text +
         "A row is channels of one input pixel: kernel row ky, column x counted from the window "
         "of\n"
         "replica 0. A column sums up one output channel of one replica. Replica i computes the "
         "i-th\n"
         "of the neighbouring output pixels; \"loads\" counts loads into a set in a frame.\n";
}

}  // namespace

std::string RenderArrayText(const ArrayPicture& picture) {
  std::string text = HeaderText(picture) + TableText(picture) + "\n";
  const TileDrawings drawings = DistinctDrawings(picture, kDrawingHeight, kDrawingWidth);
  for (size_t i = 0; i < drawings.drawn.size(); ++i) {
    const std::string tiles = TilesText(drawings, i);
    const bool several = tiles.starts_with("tiles");
    text += several ? fmt::format("{}, labelled as in tile {}\n", tiles, drawings.drawn[i])
                    : tiles + "\n";
    text += DrawingText(picture.tiles[drawings.drawn[i]], drawings.rasters[i]) + "\n";
  }
  return drawings.rasters.empty() ? text : text + LegendText(picture, drawings.rasters[0]);
}

}  // namespace imcc
