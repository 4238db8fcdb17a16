// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/map_convolution.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "isa/task.h"

namespace imcc {

namespace {

/// Packed pixels can be read tap by tap or, without dilation and groups, as whole kernel rows.
bool KernelRowsAreShorter(const QConv& conv, int64_t replicas, int64_t pixel_stride,
                          int64_t pword) {
  if (pixel_stride % pword == 0 || conv.groups != 1 || conv.window.dilation_w != 1) return false;
  VectorLayout layout{.window = conv.window,
                      .replicas = replicas,
                      .channels = conv.in_channels,
                      .pixel_stride = pixel_stride,
                      .pword = pword};
  const int64_t taps = layout.pwords();
  layout.subword = true;
  return layout.pwords() < taps;
}

}  // namespace

ArrayMapping MappingOf(const QConv& conv, const ConvolutionChoice& choice, int64_t pixel_stride,
                       const Target& target, const CompilationOptions& options) {
  // The limit switches whole banks off.
  const ImcArray& array = target.array;
  const auto limit = static_cast<int64_t>(
      std::floor(static_cast<double>(array.columns) * options.mvm_utilization_limit));
  return {.replicas = choice.replicas,
          .subword = KernelRowsAreShorter(conv, choice.replicas, pixel_stride, target.pword),
          .pixel_stride = pixel_stride,
          .groups_per_block = choice.groups_per_block,
          .max_columns = std::max(limit / array.bank_columns, int64_t{1}) * array.bank_columns};
}

std::vector<int64_t> VectorLayout::columns() const {
  return TapColumns(window.kernel_w, window.stride_w, window.dilation_w, replicas, subword);
}

int64_t VectorLayout::pwords_per_kernel_row() const {
  const auto taps = static_cast<int64_t>(columns().size());
  return subword ? CeilDiv(taps * pixel_stride, pword) : taps * CeilDiv(channels, pword);
}

std::vector<VectorRow> VectorLayout::Rows() const {
  const std::vector<int64_t> taps = columns();
  const int64_t per_row = pwords_per_kernel_row() * pword;
  const int64_t per_tap = subword ? pixel_stride : RoundUp(channels, pword);
  std::vector<VectorRow> rows;
  for (int64_t row = 0; row < window.kernel_h * per_row; ++row) {
    const int64_t rest = row % per_row;
    const auto tap = static_cast<size_t>(rest / per_tap);
    VectorRow source{.ky = row / per_row, .channel = rest % per_tap};
    source.valid = tap < taps.size() && source.channel < channels;
    if (source.valid) source.column = taps[tap];
    rows.push_back(source);
  }
  return rows;
}

namespace {

VectorLayout LayoutOf(const Window& window, const ArrayMapping& mapping, int64_t channels,
                      const Target& target) {
  return {.window = window,
          .replicas = mapping.replicas,
          .channels = channels,
          .pixel_stride = mapping.pixel_stride,
          .subword = mapping.subword,
          .pword = target.pword};
}

/// Groups that share a channel block: the number that needs the fewest MVMs, the smallest of these
/// (block-diagonal packing wastes cells, DESIGN 6).
int64_t GroupsPerBlock(const QConv& conv, const ArrayMapping& mapping, const Target& target) {
  if (mapping.groups_per_block > 0) return mapping.groups_per_block;
  const int64_t in_per_group = conv.in_channels / conv.groups;
  const int64_t out_per_group = conv.out_channels / conv.groups;
  int64_t best = 1;
  int64_t best_mvms = 0;
  for (int64_t q = 1; q <= conv.groups; ++q) {
    const int64_t columns = q * out_per_group * mapping.replicas;
    if (q > 1 && columns > mapping.max_columns) break;
    const VectorLayout layout = LayoutOf(conv.window, mapping, q * in_per_group, target);
    const int64_t row_tiles = CeilDiv(layout.pwords() * target.pword, target.array.rows);
    const int64_t mvms =
        CeilDiv(conv.groups, q) * row_tiles * CeilDiv(columns, mapping.max_columns);
    if (q > 1 && (row_tiles > target.array.max_row_tiles || mvms >= best_mvms)) continue;
    best = q;
    best_mvms = mvms;
  }
  return best;
}

/// Column tiles without their weight tiles.
std::vector<ColumnTile> CutColumns(const QConv& conv, const ArrayMapping& mapping,
                                   const Target& target) {
  const int64_t in_per_group = conv.in_channels / conv.groups;
  const int64_t out_per_group = conv.out_channels / conv.groups;
  const int64_t packed = GroupsPerBlock(conv, mapping, target);
  std::vector<ColumnTile> result;
  for (int64_t group = 0; group < conv.groups; group += packed) {
    const int64_t count = std::min(packed, conv.groups - group);
    const int64_t columns = count * out_per_group * mapping.replicas;
    for (int64_t column = 0; column < columns; column += mapping.max_columns) {
      result.push_back({.out_channel0 = group * out_per_group,
                        .channels = count * out_per_group,
                        .in_channel0 = group * in_per_group,
                        .in_channels = count * in_per_group,
                        .first_column = column,
                        .columns = std::min(columns - column, mapping.max_columns),
                        .tiles = {}});
    }
  }
  return result;
}

void CutRows(const VectorLayout& layout, int64_t column_index, const Target& target,
             ImcKernel& kernel, Bytes& offset) {
  ColumnTile& column = kernel.column_tiles[static_cast<size_t>(column_index)];
  const int64_t step = target.array.rows / target.pword;
  const int64_t pwords = layout.pwords();
  for (int64_t pword = 0; pword < pwords; pword += step) {
    WeightTile tile{.column_tile = column_index, .row_tile = pword / step, .first_pword = pword};
    tile.pwords = std::min(step, pwords - pword);
    tile.offset = offset;
    tile.size = Bytes(tile.pwords * target.pword * column.columns);
    offset += tile.size;
    column.tiles.push_back(static_cast<int64_t>(kernel.tiles.size()));
    kernel.tiles.push_back(tile);
  }
}

/// The kernel column with which a replica's window touches an input column; -1 if it does not.
int64_t TapOf(const Window& window, int64_t replica, int64_t column) {
  const int64_t offset = column - replica * window.stride_w;
  if (offset < 0 || offset % window.dilation_w != 0) return -1;
  const int64_t kx = offset / window.dilation_w;
  return kx < window.kernel_w ? kx : -1;
}

/// Writes one tile's bytes, column after column, and counts the cells that belong to the network.
void FillTile(const QConv& conv, const std::vector<VectorRow>& rows, int64_t pword,
              const ColumnTile& column, WeightTile& tile, int8_t* weights) {
  const int64_t in_per_group = conv.in_channels / conv.groups;
  const int64_t out_per_group = conv.out_channels / conv.groups;
  const auto first = static_cast<size_t>(tile.first_pword * pword);
  const auto count = static_cast<size_t>(tile.pwords * pword);
  for (int64_t n = 0; n < column.columns; ++n, weights += count) {
    const int64_t v = column.first_column + n;
    const int64_t out = column.out_channel0 + v % column.channels;
    const int64_t replica = v / column.channels;
    const int64_t in0 = out / out_per_group * in_per_group - column.in_channel0;
    for (size_t i = 0; i < count; ++i) {
      const VectorRow& row = rows[first + i];
      const int64_t channel = row.channel - in0;
      if (!row.valid || channel < 0 || channel >= in_per_group) continue;
      const int64_t kx = TapOf(conv.window, replica, row.column);
      if (kx < 0) continue;
      const int64_t tap = (out * conv.window.kernel_h + row.ky) * conv.window.kernel_w + kx;
      weights[i] = conv.weights[static_cast<size_t>(tap * in_per_group + channel)];
      ++tile.used_cells;
    }
  }
}

}  // namespace

ImcKernel LayOutConvolution(const QConv& conv, const ArrayMapping& mapping, const Target& target) {
  ImcKernel kernel;
  kernel.window = conv.window;
  kernel.replicas = mapping.replicas;
  kernel.subword = mapping.subword;
  kernel.clamp = conv.clamp;
  kernel.column_tiles = CutColumns(conv, mapping, target);
  Bytes offset;
  for (size_t i = 0; i < kernel.column_tiles.size(); ++i) {
    const VectorLayout layout =
        LayoutOf(conv.window, mapping, kernel.column_tiles[i].in_channels, target);
    CutRows(layout, static_cast<int64_t>(i), target, kernel, offset);
  }
  return kernel;
}

void FillWeights(const QConv& conv, int64_t pixel_stride, const Target& target, ImcKernel& kernel) {
  const WeightTile& last = kernel.tiles.back();
  kernel.weights.assign(static_cast<size_t>((last.offset + last.size).count()), int8_t{0});
  const ArrayMapping mapping{.replicas = kernel.replicas,
                             .subword = kernel.subword,
                             .pixel_stride = pixel_stride,
                             .groups_per_block = 0,
                             .max_columns = 0};
  for (const ColumnTile& column : kernel.column_tiles) {
    const std::vector<VectorRow> rows =
        LayoutOf(conv.window, mapping, column.in_channels, target).Rows();
    for (const int64_t index : column.tiles) {
      WeightTile& tile = kernel.tiles[static_cast<size_t>(index)];
      FillTile(conv, rows, target.pword, column, tile, kernel.weights.data() + tile.offset.count());
    }
  }
}

}  // namespace imcc
