// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "program/array_picture.h"

#include <algorithm>
#include <bit>
#include <set>

namespace imcc {
namespace {

/// Area each replica owns of each patch of a raster.
class PatchAreas {
 public:
  PatchAreas(const ArrayRaster& raster, int64_t replicas)
      : raster_(raster),
        replicas_(replicas),
        areas_(static_cast<size_t>(raster.height * raster.width * replicas)) {}

  void Add(const WeightBlock& block) {
    ForPatches(block.rows, block.columns, [&](int64_t y, int64_t x, int64_t area) {
      areas_[Index(y, x, block.replica)] += area;
    });
  }

  /// The replica with the largest area, the first of equals; kLoadedZero if none has any.
  int8_t Owner(int64_t y, int64_t x) const {
    const auto first = areas_.begin() + static_cast<std::ptrdiff_t>(Index(y, x, 0));
    const auto most = std::max_element(first, first + replicas_);
    return *most > 0 ? static_cast<int8_t>(most - first) : ArrayRaster::kLoadedZero;
  }

  /// Calls visit(y, x, cells) for all patches that a box of cells lies in.
  template <class Visit>
  void ForPatches(Interval<int64_t> rows, Interval<int64_t> columns, Visit&& visit) const {
    for (int64_t y = rows.begin / raster_.patch_rows; y * raster_.patch_rows < rows.end; ++y) {
      const int64_t height = Overlap(rows, y, raster_.patch_rows);
      for (int64_t x = columns.begin / raster_.patch_columns;
           x * raster_.patch_columns < columns.end; ++x)
        visit(y, x, height * Overlap(columns, x, raster_.patch_columns));
    }
  }

 private:
  static int64_t Overlap(Interval<int64_t> range, int64_t patch, int64_t size) {
    return std::min(range.end, (patch + 1) * size) - std::max(range.begin, patch * size);
  }
  size_t Index(int64_t y, int64_t x, int64_t replica) const {
    return static_cast<size_t>((y * raster_.width + x) * replicas_ + replica);
  }

  const ArrayRaster& raster_;
  int64_t replicas_;
  std::vector<int64_t> areas_;
};

}  // namespace

bool ArrayPicture::is_shifted() const {
  for (const ArrayTile& tile : tiles)
    for (const ArrayRows& rows : tile.row_meaning)
      if (std::popcount(rows.replicas) > 1) return true;
  return false;
}

Mvms ArrayPicture::mvms() const {
  Mvms sum;
  for (const ArrayTile& tile : tiles) sum += tile.mvms;
  return sum;
}

Macs ArrayPicture::macs() const {
  Macs sum;
  for (const ArrayTile& tile : tiles) sum += tile.macs;
  return sum;
}

Bytes ArrayPicture::weight_bytes() const {
  Bytes sum;
  for (const ArrayTile& tile : tiles) sum += tile.bytes();
  return sum;
}

std::vector<int64_t> ArrayPicture::sets() const {
  std::set<int64_t> all;
  for (const ArrayTile& tile : tiles) all.insert(tile.sets.begin(), tile.sets.end());
  return {all.begin(), all.end()};
}

double ArrayPicture::occupancy() const {
  int64_t cells = 0;
  for (const ArrayTile& tile : tiles) cells += tile.weight_cells;
  const auto capacity = static_cast<double>(set_cells()) * static_cast<double>(tiles.size());
  return capacity > 0 ? static_cast<double>(cells) / capacity : 0;
}

double ArrayPicture::effective_utilisation() const {
  const double capacity = static_cast<double>(set_cells()) * static_cast<double>(mvms().count());
  return capacity > 0 ? static_cast<double>(macs().count()) / capacity : 0;
}

ArrayRaster RasterOf(const ArrayPicture& picture, const ArrayTile& tile, int64_t max_height,
                     int64_t max_width) {
  ArrayRaster raster;
  raster.patch_rows = CeilDiv(picture.array_rows, max_height);
  raster.patch_columns = CeilDiv(picture.array_columns, max_width);
  raster.height = CeilDiv(picture.array_rows, raster.patch_rows);
  raster.width = CeilDiv(picture.array_columns, raster.patch_columns);
  raster.owner.assign(static_cast<size_t>(raster.height * raster.width), ArrayRaster::kNotLoaded);
  PatchAreas areas(raster, picture.replicas);
  for (const WeightBlock& block : tile.blocks) areas.Add(block);
  areas.ForPatches(tile.rows, tile.columns, [&](int64_t y, int64_t x, int64_t) {
    raster.owner[static_cast<size_t>(y * raster.width + x)] = areas.Owner(y, x);
  });
  return raster;
}

}  // namespace imcc
