// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "ir/quantized_graph.h"
#include "mapping/kernel.h"
#include "target/target.h"

namespace imcc {

/// Where one byte of the im2col vector comes from. Invalid rows are padding of the last pword.
struct VectorRow {
  bool valid = false;
  int64_t ky = 0, kx = 0, channel = 0;  // Channel relative to the column tile's first.
};

/// Shape of the im2col vector a column tile is multiplied with (DESIGN 6).
struct VectorLayout {
  int64_t kernel_h = 1, kernel_w = 1;
  int64_t channels = 1;      // Per tap.
  int64_t pixel_stride = 0;  // Bytes per pixel, used with subword.
  bool subword = false;
  int64_t pword = 64;

  int64_t pwords_per_kernel_row() const;
  int64_t pwords() const { return kernel_h * pwords_per_kernel_row(); }
  VectorRow Row(int64_t row) const;
};

/// Cuts a convolution into weight tiles: columns first, then rows at pword boundaries. Groups are
/// packed block-diagonally, as many per set as minimises the MVMs.
ImcKernel MapConvolution(const QConv& conv, int64_t pixel_stride, bool subword,
                         const Target& target);

/// Groups that share one set of columns.
int64_t GroupsPerColumnTile(const QConv& conv, const Target& target);

}  // namespace imcc
