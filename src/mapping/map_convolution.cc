// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/map_convolution.h"

#include <algorithm>

namespace imcc {

int64_t VectorLayout::pwords_per_kernel_row() const {
  return subword ? CeilDiv(kernel_w * pixel_stride, pword) : kernel_w * CeilDiv(channels, pword);
}

VectorRow VectorLayout::Row(int64_t row) const {
  const int64_t per_row = pwords_per_kernel_row() * pword;
  VectorRow result{.ky = row / per_row};
  const int64_t rest = row % per_row;
  const int64_t per_tap = subword ? pixel_stride : RoundUp(channels, pword);
  result.kx = rest / per_tap;
  result.channel = rest % per_tap;
  result.valid = result.kx < kernel_w && result.channel < channels;
  return result;
}

namespace {

/// Row tiles of the vector that `groups` block-diagonal groups need.
int64_t RowTiles(const QConv& conv, int64_t groups, const Target& target) {
  const VectorLayout layout{.kernel_h = conv.window.kernel_h,
                            .kernel_w = conv.window.kernel_w,
                            .channels = groups * (conv.in_channels / conv.groups),
                            .pword = target.pword};
  return CeilDiv(layout.pwords() * target.pword, target.array.rows);
}

/// Column tiles without their weight tiles.
std::vector<ColumnTile> CutColumns(const QConv& conv, const Target& target) {
  const int64_t in_per_group = conv.in_channels / conv.groups;
  const int64_t out_per_group = conv.out_channels / conv.groups;
  const int64_t packed = GroupsPerColumnTile(conv, target);
  std::vector<ColumnTile> result;
  for (int64_t group = 0; group < conv.groups; group += packed) {
    const int64_t count = std::min(packed, conv.groups - group);
    const int64_t columns = count * out_per_group;
    for (int64_t column = 0; column < columns; column += target.array.columns) {
      result.push_back({.out_channel0 = group * out_per_group + column,
                        .columns = std::min(columns - column, target.array.columns),
                        .in_channel0 = group * in_per_group,
                        .in_channels = count * in_per_group,
                        .tiles = {}});
    }
  }
  return result;
}

/// The weight between output channel `out` and input channel `in` at (ky, kx); 0 across groups.
int8_t WeightAt(const QConv& conv, int64_t out, int64_t ky, int64_t kx, int64_t in) {
  const int64_t in_per_group = conv.in_channels / conv.groups;
  const int64_t group = out / (conv.out_channels / conv.groups);
  const int64_t channel = in - group * in_per_group;
  if (channel < 0 || channel >= in_per_group) return 0;
  const int64_t row = (out * conv.window.kernel_h + ky) * conv.window.kernel_w + kx;
  return conv.weights[static_cast<size_t>(row * in_per_group + channel)];
}

/// Appends one tile's bytes, column after column, and counts the cells that belong to the network.
void FillTile(const QConv& conv, const VectorLayout& layout, const ColumnTile& column,
              WeightTile& tile, std::vector<int8_t>& weights) {
  const int64_t rows = tile.pwords * layout.pword;
  const int64_t row0 = tile.first_pword * layout.pword;
  std::vector<VectorRow> sources;
  for (int64_t row = 0; row < rows; ++row) sources.push_back(layout.Row(row0 + row));
  const int64_t in_per_group = conv.in_channels / conv.groups;
  const int64_t out_per_group = conv.out_channels / conv.groups;
  for (int64_t n = 0; n < column.columns; ++n) {
    const int64_t out = column.out_channel0 + n;
    for (const VectorRow& source : sources) {
      const int64_t in = column.in_channel0 + source.channel;
      const bool used = source.valid && in / in_per_group == out / out_per_group;
      tile.used_cells += used ? 1 : 0;
      weights.push_back(used ? WeightAt(conv, out, source.ky, source.kx, in) : int8_t{0});
    }
  }
}

void CutRows(const QConv& conv, const VectorLayout& layout, int64_t column_index,
             const Target& target, ImcKernel& kernel) {
  ColumnTile& column = kernel.column_tiles[static_cast<size_t>(column_index)];
  const int64_t step = target.array.rows / target.pword;
  for (int64_t pword = 0; pword < layout.pwords(); pword += step) {
    WeightTile tile{.column_tile = column_index, .row_tile = pword / step, .first_pword = pword};
    tile.pwords = std::min(step, layout.pwords() - pword);
    tile.offset = Bytes(static_cast<int64_t>(kernel.weights.size()));
    FillTile(conv, layout, column, tile, kernel.weights);
    tile.size = Bytes(static_cast<int64_t>(kernel.weights.size())) - tile.offset;
    column.tiles.push_back(static_cast<int64_t>(kernel.tiles.size()));
    kernel.tiles.push_back(tile);
  }
}

}  // namespace

int64_t GroupsPerColumnTile(const QConv& conv, const Target& target) {
  const int64_t out_per_group = conv.out_channels / conv.groups;
  int64_t best = 1;
  int64_t best_mvms =
      conv.groups * RowTiles(conv, 1, target) * CeilDiv(out_per_group, target.array.columns);
  for (int64_t q = 2; q <= conv.groups && q * out_per_group <= target.array.columns; ++q) {
    const int64_t row_tiles = RowTiles(conv, q, target);
    const int64_t mvms = CeilDiv(conv.groups, q) * row_tiles;
    if (row_tiles <= target.array.max_row_tiles && mvms < best_mvms) best = q, best_mvms = mvms;
  }
  return best;
}

ImcKernel MapConvolution(const QConv& conv, int64_t pixel_stride, bool subword,
                         const Target& target) {
  ImcKernel kernel;
  kernel.window = conv.window;
  kernel.subword = subword;
  kernel.clamp = conv.clamp;
  kernel.column_tiles = CutColumns(conv, target);
  for (size_t i = 0; i < kernel.column_tiles.size(); ++i) {
    const VectorLayout layout{.kernel_h = conv.window.kernel_h,
                              .kernel_w = conv.window.kernel_w,
                              .channels = kernel.column_tiles[i].in_channels,
                              .pixel_stride = pixel_stride,
                              .subword = subword,
                              .pword = target.pword};
    CutRows(conv, layout, static_cast<int64_t>(i), target, kernel);
  }
  return kernel;
}

}  // namespace imcc
