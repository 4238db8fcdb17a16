// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "ir/quantized_graph.h"
#include "mapping/kernel.h"
#include "mapping/mapping.h"
#include "target/target.h"

namespace imcc {

/// How a convolution is to stand in the array.
struct ArrayMapping {
  int64_t replicas = 1;          // ICR factor: output pixels along X per MVM.
  bool subword = false;          // Kernel rows of packed pixels as one run of bytes.
  int64_t pixel_stride = 0;      // Of the input, used with subword.
  int64_t groups_per_block = 0;  // 0 = as minimises the MVMs.
  int64_t max_columns = 0;       // Columns that may compute at once (mvm_utilization_limit).
};

ArrayMapping MappingOf(const QConv& conv, const ConvolutionChoice& choice, int64_t pixel_stride,
                       const Target& target, const CompilationOptions& options);

/// Where one byte of the im2col vector comes from. Invalid rows are padding of the last pword.
struct VectorRow {
  bool valid = false;
  int64_t ky = 0;
  int64_t column = 0;   // Input column relative to the window of the first replica.
  int64_t channel = 0;  // Relative to the column tile's first.
};

/// Shape of the im2col vector a column tile is multiplied with (DESIGN 6): kernel rows of the
/// input columns that the windows of all replicas touch. Overlapping windows share columns
/// (shifted windows); windows that do not overlap stand side by side (disjoint copies).
struct VectorLayout {
  Window window;
  int64_t replicas = 1;
  int64_t channels = 1;      // Per column.
  int64_t pixel_stride = 0;  // Bytes per pixel, used with subword.
  bool subword = false;
  int64_t pword = 64;

  std::vector<int64_t> columns() const;
  int64_t pwords_per_kernel_row() const;
  int64_t pwords() const { return window.kernel_h * pwords_per_kernel_row(); }
  /// One entry per byte of the vector.
  std::vector<VectorRow> Rows() const;
};

/// Cuts a convolution into weight tiles, without their bytes: channel blocks (groups packed
/// block-diagonally, as many as minimises the MVMs), columns, then rows at pword boundaries.
ImcKernel LayOutConvolution(const QConv& conv, const ArrayMapping& mapping, const Target& target);

/// Fills in the bytes of every weight tile.
void FillWeights(const QConv& conv, int64_t pixel_stride, const Target& target, ImcKernel& kernel);

}  // namespace imcc
