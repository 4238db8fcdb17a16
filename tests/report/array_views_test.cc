// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "report/array_views.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "report/array_summary.h"
#include "report/sample_picture.h"

namespace imcc {
namespace {

using testing::SamplePicture;

std::vector<std::string> Lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The lines from the one that starts with `start` on.
std::vector<std::string> LinesFrom(const std::string& text, const std::string& start,
                                   size_t count) {
  const std::vector<std::string> lines = Lines(text);
  for (size_t i = 0; i + count <= lines.size(); ++i)
    if (lines[i].rfind(start, 0) == 0)
      return {lines.begin() + static_cast<std::ptrdiff_t>(i),
              lines.begin() + static_cast<std::ptrdiff_t>(i + count)};
  ADD_FAILURE() << start << " is not in\n" << text;
  return {};
}

TEST(RenderArrayText, SaysWhatTheLayerUses) {
  const std::string text = RenderArrayText(SamplePicture());
  EXPECT_EQ(LinesFrom(text, "layer 4", 10),
            (std::vector<std::string>{
                "layer 4  features/conv<1>  (Conv 1x2)", "",
                "in-core replication    factor 2, shifted windows: a multiply computes 2 "
                "neighbouring output pixels",
                "weight tiles           2 in 3 of 4 sets (0 1 2)",
                "rows x columns         128 x 64 of 128 x 128",
                "occupancy              25.0 % of a set's cells hold weights of the network, "
                "a tile on average",
                "effective utilisation  25.0 % of the array's MACs do work",
                "MVMs                   16 a frame",
                "weights                12.0 KiB with padding, 8,000 not zero", ""}));
}

TEST(RenderArrayText, DrawsTheStaircaseOfReplicas) {
  const std::vector<std::string> drawing =
      LinesFrom(RenderArrayText(SamplePicture()), "tile 0", 20);
  ASSERT_EQ(drawing.size(), 20U);
  EXPECT_EQ(drawing[1], std::string(26, ' ') + "replica 0: 0-31 replica 1: 0-31");
  const std::string rest(32, ' ');
  EXPECT_EQ(drawing[2], " row  ky     x  channels +----------------+---------------+" +
                            std::string(31, '-') + "+");
  EXPECT_EQ(drawing[3], "   0   0     0       0-3 |0000000000000000................" + rest + "|");
  EXPECT_EQ(drawing[4], "   4                 4-7 |0000000000000000................" + rest + "|");
  EXPECT_EQ(drawing[19], "  64   0     1       0-3 |00000000000000001111111111111111" + rest + "|");
}

TEST(RenderArrayText, FitsAHundredColumns) {
  for (const std::string& line : Lines(RenderArrayText(SamplePicture())))
    EXPECT_LE(line.size(), 100U) << line;
}

TEST(RenderArrayText, TilesThatLookTheSameAreDrawnOnce) {
  ArrayPicture picture = SamplePicture();
  picture.tiles.push_back(picture.tiles[0]);
  picture.tiles.push_back(picture.tiles[0]);
  const std::string text = RenderArrayText(picture);
  EXPECT_NE(text.find("\ntiles 0 2-3, labelled as in tile 0\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\ntile 1\n"), std::string::npos);
}

// The file holds none of them.
TEST(RenderArrayText, ComputedWeightsTakeNoBytes) {
  ArrayPicture picture = SamplePicture();
  for (ArrayTile& tile : picture.tiles) tile.is_computed = true;
  EXPECT_EQ(picture.weight_bytes(), Bytes(0));
  EXPECT_NE(RenderArrayText(picture).find("an activation, other ones"), std::string::npos);
}

TEST(RenderArrayText, OneReplicaIsNoReplication) {
  ArrayPicture picture = SamplePicture();
  picture.replicas = 1;
  picture.groups = 4;
  picture.tiles = {};
  const std::string text = RenderArrayText(picture);
  EXPECT_NE(text.find("off: a multiply computes one output pixel"), std::string::npos);
  EXPECT_NE(text.find("4, block-diagonal"), std::string::npos);
}

TEST(RenderArrayJson, HoldsEveryRange) {
  const auto json = nlohmann::json::parse(RenderArrayJson(SamplePicture()));
  EXPECT_EQ(json.at("layer"), 4);
  EXPECT_EQ(json.at("replicas"), 2);
  EXPECT_EQ(json.at("shifted_windows"), true);
  EXPECT_EQ(json.at("mvms"), 16);
  EXPECT_EQ(json.at("weight_bytes"), 12288);
  const auto& tile = json.at("tiles").at(0);
  EXPECT_EQ(tile.at("memory"), "L2");
  EXPECT_EQ(tile.at("rows"), nlohmann::json({0, 128}));
  EXPECT_EQ(tile.at("row_meaning").at(1).at("replicas"), nlohmann::json({0, 1}));
  EXPECT_EQ(tile.at("row_meaning").at(1).at("input_column"), 1);
  EXPECT_EQ(tile.at("column_meaning").at(1).at("channels"), nlohmann::json({0, 32}));
}

TEST(ArraySummary, RangesAsPeopleWriteThem) {
  EXPECT_EQ(RangeText({0, 64}), "0-63");
  EXPECT_EQ(RangeText({7, 8}), "7");
  EXPECT_EQ(RangeText({3, 3}), "");
  EXPECT_EQ(Hull({0, 2}, {5, 6}), (Interval<int64_t>{0, 6}));
  EXPECT_EQ(Hull({0, 0}, {5, 6}), (Interval<int64_t>{5, 6}));
}

TEST(ArraySummary, RowsOfPaddingStandForNothing) {
  ArrayTile tile = SamplePicture().tiles[0];
  tile.row_meaning[0].rows.end = 60;
  EXPECT_EQ(SummaryOf(tile, {60, 64}), RowSummary{});
  EXPECT_EQ(SummaryOf(tile, {56, 70}), (RowSummary{{0, 1}, {0, 2}, {0, 60}}));
}

}  // namespace
}  // namespace imcc
