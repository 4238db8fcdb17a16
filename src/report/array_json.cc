// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "report/array_views.h"

namespace imcc {
namespace {

using Json = nlohmann::ordered_json;

/// Half-open, as everywhere in imcc.
Json RangeJson(Interval<int64_t> range) { return {range.begin, range.end}; }

Json RowsJson(const ArrayRows& rows) {
  Json replicas = Json::array();
  for (int i = 0; i < kMaxReplicas; ++i)
    if ((rows.replicas >> i & 1) != 0) replicas.push_back(i);
  return {{"rows", RangeJson(rows.rows)},
          {"kernel_row", rows.kernel_row},
          {"input_column", rows.input_column},
          {"channels", RangeJson(rows.channels)},
          {"replicas", std::move(replicas)}};
}

Json ColumnsJson(const ArrayColumns& columns) {
  return {{"columns", RangeJson(columns.columns)},
          {"replica", columns.replica},
          {"channels", RangeJson(columns.channels)}};
}

Json TileJson(const ArrayTile& tile) {
  Json rows = Json::array();
  for (const ArrayRows& part : tile.row_meaning) rows.push_back(RowsJson(part));
  Json columns = Json::array();
  for (const ArrayColumns& part : tile.column_meaning) columns.push_back(ColumnsJson(part));
  const Region region = tile.home.region;
  return {{"memory", region == Region::kL1   ? "L1"
                     : region == Region::kL2 ? "L2"
                                             : "DDR"},
          {"offset", tile.home.offset},
          {"sets", tile.sets},
          {"rows", RangeJson(tile.rows)},
          {"columns", RangeJson(tile.columns)},
          {"weight_cells", tile.weight_cells},
          {"nonzero_cells", tile.nonzero_cells},
          {"weight_bytes", tile.bytes().count()},
          {"loads", tile.loads},
          {"mvms", tile.mvms.count()},
          {"macs", tile.macs.count()},
          {"row_meaning", std::move(rows)},
          {"column_meaning", std::move(columns)}};
}

}  // namespace

std::string RenderArrayJson(const ArrayPicture& picture) {
  Json tiles = Json::array();
  for (const ArrayTile& tile : picture.tiles) tiles.push_back(TileJson(tile));
  const Json json = {{"layer", picture.layer},
                     {"name", picture.name},
                     {"op", picture.op},
                     {"array_rows", picture.array_rows},
                     {"array_columns", picture.array_columns},
                     {"weight_sets", picture.weight_sets},
                     {"replicas", picture.replicas},
                     {"shifted_windows", picture.is_shifted()},
                     {"groups", picture.groups},
                     {"occupancy", picture.occupancy()},
                     {"effective_utilisation", picture.effective_utilisation()},
                     {"mvms", picture.mvms().count()},
                     {"macs", picture.macs().count()},
                     {"weight_bytes", picture.weight_bytes().count()},
                     {"tiles", std::move(tiles)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace imcc
