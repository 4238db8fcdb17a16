// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/map_matmul.h"

#include <algorithm>

#include "mapping/map_convolution.h"

namespace imcc {

ImcKernel LayOutMatMul(const Matrices& weights, const Target& target,
                       const CompilationOptions& options) {
  // One matrix stands in the array as the weights of a 1x1 convolution do.
  const QConv conv{
      .window = {}, .groups = 1, .in_channels = weights.columns, .out_channels = weights.rows};
  ImcKernel kernel = LayOutConvolution(
      conv, MappingOf(conv, {}, RoundUp(weights.columns, target.pword), target, options), target);
  kernel.matrices = weights.count;
  for (WeightTile& tile : kernel.tiles) {
    const int64_t columns = kernel.column_tiles[static_cast<size_t>(tile.column_tile)].columns;
    const int64_t first = tile.first_pword * target.pword;
    tile.offset = Bytes(0);
    tile.used_cells = columns * std::min(tile.pwords * target.pword, weights.columns - first);
  }
  return kernel;
}

}  // namespace imcc
