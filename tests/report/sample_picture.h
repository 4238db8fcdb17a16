// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "program/array_picture.h"

namespace imcc::testing {

/// A 1x2 convolution of 64 channels to 32, two pixels a multiply, in a 128 x 128 array: its second
/// tile holds the third input column.
inline ArrayPicture SamplePicture() {
  ArrayPicture picture{.layer = 4, .name = "features/conv<1>", .op = "Conv 1x2"};
  picture.array_rows = 128;
  picture.array_columns = 128;
  picture.weight_sets = 4;
  picture.replicas = 2;
  ArrayTile first;
  first.home = {Region::kL2, 0x1000};
  first.sets = {1};
  first.rows = {0, 128};
  first.columns = {0, 64};
  first.row_meaning = {{{0, 64}, 0, 0, {0, 64}, 0b01}, {{64, 128}, 0, 1, {0, 64}, 0b11}};
  first.column_meaning = {{{0, 32}, 0, {0, 32}}, {{32, 64}, 1, {0, 32}}};
  first.blocks = {{{0, 64}, {0, 32}, 0}, {{64, 128}, {0, 32}, 0}, {{64, 128}, {32, 64}, 1}};
  first.weight_cells = 3 * 64 * 32;
  first.nonzero_cells = 6000;
  first.loads = 1;
  first.mvms = Mvms(8);
  first.macs = Macs(first.weight_cells * 8);
  ArrayTile second = first;
  second.home.offset = 0x3000;
  second.sets = {0, 2};
  second.rows = {0, 64};
  second.row_meaning = {{{0, 64}, 0, 2, {0, 64}, 0b10}};
  second.blocks = {{{0, 64}, {32, 64}, 1}};
  second.weight_cells = 64 * 32;
  second.nonzero_cells = 2000;
  second.loads = 2;
  second.macs = Macs(second.weight_cells * 8);
  picture.tiles = {first, second};
  return picture;
}

}  // namespace imcc::testing
