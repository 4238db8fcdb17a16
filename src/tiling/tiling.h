// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "config/options.h"
#include "mapping/kernel.h"
#include "target/target.h"

namespace imcc {

/// Rows x columns of a tensor, all channels.
struct Box {
  Interval<int64_t> rows;
  Interval<int64_t> columns;

  int64_t height() const { return rows.end - rows.begin; }
  int64_t width() const { return columns.end - columns.begin; }
  int64_t pixels() const { return height() * width(); }
  friend bool operator==(const Box&, const Box&) = default;
};

/// One step of a kernel: an output box and the input boxes it reads (clipped to the tensors).
struct Tile {
  Box output;               // Relative to the kernel's destination box.
  std::vector<Box> inputs;  // One per operand.
};

struct KernelTiles {
  std::vector<Tile> tiles;  // In execution order. Global pools tile their input instead.
  /// L1 bytes one buffered tile of each operand and of the output needs, when the tensor itself is
  /// not in L1. Row strides of a tile are its own width.
  std::vector<Bytes> input_slots;
  Bytes output_slot;
  int64_t slot_pixel_stride = 0;  // Of the output tile.

  /// Slots each operand gets; a single tile has nothing to overlap.
  int64_t slots(int64_t buffers) const { return tiles.size() == 1 ? 1 : buffers; }
};

/// Kernels computed together, tile by tile (tiling_depth); one kernel each at depth 1.
struct TileGroup {
  std::vector<KernelId> kernels;
};

struct TilePlan {
  std::vector<TileGroup> groups;     // In execution order.
  std::vector<KernelTiles> kernels;  // By KernelId.
  int64_t buffers = 1;               // Slots per operand of several tiles: 2 = double-buffered.
  int64_t staging_chunks = 4;        // Chunks of weights in flight from DDR.
  Bytes staging_chunk;               // L1 bytes of one of them.
};

/// In: kernels. Out: tile boxes of each. Promise: one tile of any kernel, double-buffered, fits L1
/// next to its constants and the weight staging; a kernel too large for that is an error that
/// names it and the bytes.
Result<TilePlan> PlanTiles(const MappedNetwork& network, const Target& target,
                           const CompilationOptions& options);

/// The input box an output box of a kernel reads from operand `operand`.
Box InputBox(const Kernel& kernel, size_t operand, const Box& output);

/// Judge: every output pixel is computed exactly once and every in-plane tap it needs lies in the
/// tile's input box.
Status Verify(const TilePlan& plan, const MappedNetwork& network);

std::string Dump(const TilePlan& plan, const MappedNetwork& network);

}  // namespace imcc
