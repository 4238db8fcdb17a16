// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "program/find_groups.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

/// A tile of one pixel: `inputs` rows and `outputs` columns from the given channels on.
ArrayTile TileOf(int64_t inputs, int64_t outputs, int64_t input0 = 0, int64_t output0 = 0) {
  ArrayTile tile;
  tile.rows = {0, inputs};
  tile.columns = {0, outputs};
  tile.row_meaning = {{{0, inputs}, 0, 0, {input0, input0 + inputs}, 1}};
  tile.column_meaning = {{{0, outputs}, 0, {output0, output0 + outputs}}};
  return tile;
}

/// Column after column: 1 where channels are in the same of `groups`.
std::vector<uint8_t> Cells(int64_t inputs, int64_t outputs, int64_t groups) {
  std::vector<uint8_t> cells;
  for (int64_t output = 0; output < outputs; ++output)
    for (int64_t input = 0; input < inputs; ++input)
      cells.push_back(input * groups / inputs == output * groups / outputs ? 1 : 0);
  return cells;
}

TEST(GroupFinder, FindsTheGroupsOfATile) {
  for (const int64_t groups : {1, 2, 3, 4, 6, 12}) {
    GroupFinder finder;
    finder.Add(TileOf(12, 24), {12, 24}, Cells(12, 24, groups));
    EXPECT_EQ(finder.Finest().inputs, 12 / groups);
    EXPECT_EQ(finder.Finest().outputs, 24 / groups);
  }
}

TEST(GroupFinder, OneWeightBetweenGroupsJoinsThem) {
  std::vector<uint8_t> cells = Cells(8, 8, 4);
  cells[2] = 5;  // Input 2 and output 0.
  GroupFinder finder;
  finder.Add(TileOf(8, 8), {8, 8}, cells);
  EXPECT_EQ(finder.Finest().outputs, 4);
}

TEST(GroupFinder, ALaterTileMayJoinThemToo) {
  GroupFinder finder;
  finder.Add(TileOf(8, 8), {8, 8}, Cells(8, 8, 4));
  finder.Add(TileOf(8, 8), {8, 8}, Cells(8, 8, 2));
  EXPECT_EQ(finder.Finest().outputs, 4);
}

TEST(GroupFinder, BlocksOfChannelsCountAsOneLayer) {
  GroupFinder finder;
  finder.Add(TileOf(8, 8), {8, 8}, Cells(8, 8, 4));
  finder.Add(TileOf(4, 4, 8, 8), {4, 4}, Cells(4, 4, 2));
  EXPECT_EQ(finder.Finest().outputs, 2);
}

TEST(GroupFinder, ZerosAreNoEvidence) {
  GroupFinder finder;
  finder.Add(TileOf(8, 8), {8, 8}, std::vector<uint8_t>(64));
  EXPECT_EQ(finder.Finest().outputs, 8);
  EXPECT_EQ(GroupFinder().Finest().outputs, 0);
}

}  // namespace
}  // namespace imcc
