// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "config/options.h"
#include "mapping/kernel.h"
#include "mapping/predict_timeline.h"
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

/// Circular line buffers that hold the last rows of a tensor in L1 while its group runs: row y lies
/// in slot y mod `rows`. Not needed for a tensor that lives in L1 as a whole.
struct LineBuffer {
  BufferId buffer;
  int64_t rows = 0;
  int64_t width = 0;         // Pixels of a row: of the widest band.
  int64_t pixel_stride = 0;  // Bytes.
  bool is_internal = false;  // The tensor lives nowhere else.

  int64_t row_stride() const { return width * pixel_stride; }
  Bytes bytes() const { return Bytes(rows * row_stride()); }
};

/// Rows of one kernel across a band, computed at one go.
struct Stripe {
  KernelId kernel;
  size_t band = 0;
  Interval<int64_t> rows;  // Of the output; global pools: of the input.
  /// By operand: rows of the input to be copied to its lines first; empty where a kernel of the
  /// group makes them or an earlier stripe brought them.
  std::vector<Interval<int64_t>> loads;
};

/// Columns that a group computes from top to bottom before it goes on to the next. One band of full
/// width unless its lines are too long for L1. Columns that windows on both sides of a border read
/// (the halo) are computed or loaded in both bands, and stored in one.
struct Band {
  std::vector<Interval<int64_t>> computed;  // By kernel of the group: of the output.
  std::vector<Interval<int64_t>> stored;    // Of these, where somebody outside needs them.
  std::vector<Interval<int64_t>> held;      // By line.
};

/// Consecutive kernels computed depth first, stripe by stripe (tiling_depth). In a band of full
/// width every row of every tensor is computed, loaded and stored once.
struct TileGroup {
  KernelId first;
  int64_t count = 1;  // Kernels.
  // Groups of several kernels only:
  std::vector<Stripe> stripes;  // In execution order: band by band.
  std::vector<Band> bands;      // From left to right.
  int64_t lag = 0;              // Stripes that the last kernels are behind the first.
  std::vector<LineBuffer> lines;
  std::vector<std::vector<int>> input_lines;  // By kernel of the group and operand.
  std::vector<int> output_line;               // By kernel of the group.

  bool is_striped() const { return !stripes.empty(); }
  size_t kernel(int64_t i) const { return first.index() + static_cast<size_t>(i); }
  /// Kernel numbers from the first to behind the last.
  Interval<int64_t> life() const {
    const auto begin = static_cast<int64_t>(first.index());
    return {begin, begin + count};
  }
};

struct TilePlan {
  std::vector<TileGroup> groups;     // In execution order; together all kernels.
  std::vector<KernelTiles> kernels;  // By KernelId; of kernels that are alone in their group.
  int64_t buffers = 1;               // Slots per operand of several tiles: 2 = double-buffered.
  int64_t staging_chunks = 4;        // Chunks of weights in flight from DDR.
  Bytes staging_chunk;               // L1 bytes of one of them.

  /// The group each kernel belongs to, by KernelId.
  std::vector<size_t> GroupOfKernel() const;
};

/// What depth-first groups are chosen for.
struct GroupSettings {
  double l1_share = 0.5;  // Of L1 for one group; the rest is for tensors that live there.
  /// Where tensors and weights live, if a plan has been placed before; guessed otherwise.
  std::optional<Placement> placement;
};

/// In: kernels. Out: groups of kernels and the tiles of each. Promise: one tile of any kernel,
/// double-buffered, fits L1 next to its constants and the weight staging; a kernel too large for
/// that is an error that names it and the bytes.
Result<TilePlan> PlanTiles(const MappedNetwork& network, const Target& target,
                           const CompilationOptions& options,
                           const GroupSettings& group_settings = {});

/// Whether PlanTiles() can do it; cheap enough to ask before kernels are chosen.
Status CheckTilesFit(const MappedNetwork& network, const Target& target,
                     const CompilationOptions& options);

/// The plan with every kernel of one group alone.
TilePlan WithoutGroup(const TilePlan& plan, size_t group);

/// The input box an output box of a kernel reads from operand `operand`.
Box InputBox(const Kernel& kernel, size_t operand, const Box& output);

/// Judge: every output pixel is computed exactly once and every in-plane tap it needs lies in the
/// tile's input box.
Status Verify(const TilePlan& plan, const MappedNetwork& network);

std::string Dump(const TilePlan& plan, const MappedNetwork& network);

}  // namespace imcc
