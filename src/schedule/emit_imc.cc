// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include "isa/parameters.h"
#include "mapping/mapping.h"
#include "schedule/kernel_emitter.h"
#include "schedule/set_window.h"

namespace imcc {

namespace {

/// MVMs of one task per weight tile: few enough that the vector unit starts early on a layer,
/// enough that the start of a task is lost in them.
constexpr int64_t kMinChunk = 32, kMaxChunk = 256;
/// A layer should have some chunks, so that its drains hide behind its products.
constexpr int64_t kWantedChunks = 4;
/// Extents of a plane that a descriptor can hold.
constexpr int64_t kMaxExtent = UINT16_MAX;

/// Rows and columns (pixels) of a piece of a tile.
struct Piece {
  int64_t rows = 1;
  int64_t columns = 1;
};

/// The largest piece with at most `groups` groups of replicas: whole rows where one fits. A cut
/// inside a row falls between two groups.
Piece PieceOf(const Box& tile, int64_t replicas, int64_t groups) {
  const int64_t groups_per_row = CeilDiv(tile.width(), replicas);
  if (groups_per_row > groups) return {.rows = 1, .columns = groups * replicas};
  return {.rows = std::min(groups / groups_per_row, tile.height()), .columns = tile.width()};
}

template <class Visit>
void ForPieces(const Box& box, const Piece& piece, Visit&& visit) {
  for (int64_t y = box.rows.begin; y < box.rows.end; y += piece.rows)
    for (int64_t x = box.columns.begin; x < box.columns.end; x += piece.columns)
      visit(Box{{y, std::min(y + piece.rows, box.rows.end)},
                {x, std::min(x + piece.columns, box.columns.end)}});
}

/// One tile of a 1x1 convolution as a single long row of pixels.
struct FlatTile {
  Tile tile;
  std::vector<InputPlane> inputs;
  OutputPlane output;
};

std::optional<FlatTile> Flatten(const Kernel& kernel, const Tile& tile,
                                const std::vector<InputPlane>& inputs, const OutputPlane& output) {
  const int64_t width = tile.output.width();
  const int64_t pixels = tile.output.pixels();
  bool contiguous = output.row_stride == width * output.pixel_stride && output.ring.rows == 0 &&
                    pixels <= kMaxExtent;
  // Computed weights stay as they are.
  const size_t pixelwise = kernel.imc()->has_computed_weights() ? 1 : inputs.size();
  for (size_t i = 0; i < pixelwise; ++i)
    contiguous = contiguous && inputs[i].row_stride == width * kernel.inputs[i].pixel_stride &&
                 inputs[i].ring.rows == 0;
  if (!kernel.imc()->is_pointwise() || !contiguous) return std::nullopt;
  FlatTile flat{.tile = {.output = {{0, 1}, {0, pixels}}, .inputs = {}},
                .inputs = inputs,
                .output = {.base = output.base,
                           .ring = {},
                           .row_stride = pixels * output.pixel_stride,
                           .pixel_stride = output.pixel_stride}};
  for (size_t i = 0; i < pixelwise; ++i) {
    flat.inputs[i].row_stride = pixels * kernel.inputs[i].pixel_stride;
    flat.inputs[i].box = flat.tile.output;
  }
  return flat;
}

}  // namespace

void KernelEmitter::EmitImc(const ImcKernel& imc, const TilePlanes& planes) {
  if (imc.matrices > 1) return EmitProducts(imc, planes);
  const auto flat = Flatten(*current_.kernel, planes.tile, planes.inputs, planes.output);
  if (flat)
    EmitBlocks(imc, {flat->tile, flat->inputs, flat->output});
  else
    EmitBlocks(imc, planes);
}

int64_t KernelEmitter::AccumulatorElements() const {
  return target_.array.accumulator.count() / static_cast<int64_t>(sizeof(int32_t));
}

/// Two loop orders (DESIGN 6). Chunks outside, row tiles inside: a chunk is drained as soon as its
/// last row tile is done, at no cost where all row tiles stay in their sets. Row tiles outside:
/// each is multiplied with as many pixels as the accumulators hold, so that it is loaded once for
/// all of them and used as soon as it is there.
void KernelEmitter::EmitBlocks(const ImcKernel& imc, const TilePlanes& planes) {
  const Box& box = planes.tile.output;
  const int64_t groups = imc.Groups(box.height(), box.width());
  const size_t count = imc.column_tiles.size();
  const bool backwards = backwards_[current_.index];
  for (size_t i = 0; i < count; ++i) {
    const ColumnTile& column = imc.column_tiles[backwards ? count - 1 - i : i];
    // Half of the accumulators: the other half is drained at the same time.
    const int64_t capacity = AccumulatorElements() / column.columns;
    const int64_t chunk =
        std::min(capacity, std::clamp(groups / kWantedChunks, kMinChunk, kMaxChunk));
    const bool stay = static_cast<int64_t>(column.tiles.size()) <= sets_.Room(column.columns);
    const bool outside = stay && !IsLoadBound(imc, column, groups);
    const Piece block = PieceOf(box, imc.replicas, outside ? chunk : capacity);
    ForPieces(box, block, [&](const Box& piece) {
      EmitBlock(imc, column, piece, PieceOf(piece, imc.replicas, chunk).rows, planes);
    });
  }
  // There and back: the tiles used last are the first of the next tile (WeightSets).
  if (static_cast<int64_t>(imc.tiles.size()) > target_.array.weight_sets)
    backwards_[current_.index] = !backwards;
}

bool KernelEmitter::IsLoadBound(const ImcKernel& imc, const ColumnTile& column,
                                int64_t groups) const {
  const WeightTile& first = imc.tiles[static_cast<size_t>(column.tiles[0])];
  const double load = static_cast<double>(first.size.count()) / WeightBandwidth(target_, options_);
  return load > static_cast<double>(groups * target_.array.mvm_interval.count());
}

void KernelEmitter::EmitBlock(const ImcKernel& imc, const ColumnTile& column, const Box& block,
                              int64_t chunk_rows, const TilePlanes& planes) {
  const int64_t row_elements = CeilDiv(block.width(), imc.replicas) * column.columns;
  const int64_t accumulator = AllocateAccumulators(block.height() * row_elements);
  const InputPlane& input = planes.inputs[0];
  MvmTask mvm;
  mvm.input = Plus(input.base, column.in_channel0);
  mvm.row_stride = static_cast<uint32_t>(input.row_stride);
  mvm.pixel_stride = static_cast<uint16_t>(current_.kernel->inputs[0].pixel_stride);
  mvm.channels = static_cast<uint16_t>(imc.subword ? 0 : column.in_channels);
  mvm.columns = static_cast<uint16_t>(column.columns);
  mvm.replicas = static_cast<uint8_t>(imc.replicas);
  mvm.zero_point = imc.input_zero_point;
  mvm.ring = input.ring;
  const bool backwards = backwards_[current_.index];
  const size_t count = column.tiles.size();
  for (size_t i = 0; i < count; ++i) {
    const int64_t index = column.tiles[backwards ? count - 1 - i : i];
    const WeightTile& weights = imc.tiles[static_cast<size_t>(index)];
    const bool first = i == 0;
    const bool last = i + 1 == count;
    const WeightSets::Choice place = LoadWeights(imc, index, planes);
    mvm.set = place.set;
    mvm.set_column0 = static_cast<uint16_t>(place.column0);
    mvm.first_pword = static_cast<uint16_t>(weights.first_pword);
    mvm.pwords = static_cast<uint8_t>(weights.pwords);
    mvm.flags = static_cast<uint8_t>((first ? 0 : MvmTask::kAccumulate) |
                                     (imc.subword ? MvmTask::kSubword : 0) |
                                     (imc.has_computed_weights() ? MvmTask::kCentred : 0));
    // Small pieces at both ends follow the input as it comes and feed the vector unit early.
    const int64_t rows = first || last ? chunk_rows : block.height();
    ForPieces(block, {.rows = rows, .columns = block.width()}, [&](const Box& piece) {
      SetWindow(imc.window, piece, input.box, mvm);
      mvm.accumulator =
          static_cast<uint32_t>(accumulator + (piece.rows.begin - block.rows.begin) * row_elements);
      Emit(Engine::kMvm, mvm);
      if (last) EmitDrain(imc, column, mvm, piece, planes);
    });
  }
  if (static_cast<int64_t>(count) > sets_.Room(column.columns))
    backwards_[current_.index] = !backwards;
}

void KernelEmitter::EmitDrain(const ImcKernel& imc, const ColumnTile& column, const MvmTask& mvm,
                              const Box& piece, const TilePlanes& planes) {
  RequantizeTask drain{.accumulator = mvm.accumulator, .out_h = mvm.out_h, .out_w = mvm.out_w};
  drain.columns = mvm.columns;
  drain.channels = static_cast<uint16_t>(column.channels);
  drain.first_column = static_cast<uint16_t>(column.first_column);
  drain.replicas = mvm.replicas;
  drain.parameters = Plus(current_.constants, column.out_channel0 * kChannelParameterBytes);
  drain.zero_point = static_cast<int8_t>(imc.output_zero_point);
  drain.lo = imc.clamp.lo;
  drain.hi = imc.clamp.hi;
  if (imc.fused_table || imc.fused_add)
    drain.tables = Plus(current_.constants, current_.kernel->table_offset.count());
  if (imc.fused_table) drain.flags |= RequantizeTask::kTable;
  if (imc.fused_add) drain.flags |= RequantizeTask::kAdd;
  if (imc.final_table) drain.flags |= RequantizeTask::kFinalTable;
  EmitDrainRuns(drain, piece, column.out_channel0, planes);
}

/// Output and residual rows may go round in their line buffers: a task for each run of slots.
void KernelEmitter::EmitDrainRuns(RequantizeTask drain, const Box& piece, int64_t channel0,
                                  const TilePlanes& planes) {
  const OutputPlane& output = planes.output;
  const int64_t first = piece.rows.begin - planes.tile.output.rows.begin;
  const int64_t column = piece.columns.begin - planes.tile.output.columns.begin;
  const bool has_add = (drain.flags & RequantizeTask::kAdd) != 0;
  drain.row_stride = static_cast<uint32_t>(output.row_stride);
  drain.pixel_stride = static_cast<uint16_t>(output.pixel_stride);
  for (int64_t y = first; y < first + piece.height();) {
    int64_t rows = output.ring.Run(y, first + piece.height() - y);
    if (has_add) {
      const InputPlane& residual = planes.inputs[1];
      const int64_t stride = current_.kernel->inputs[1].pixel_stride;
      rows = residual.ring.Run(y, rows);
      drain.residual = Plus(residual.Row(y), column * stride + channel0);
      drain.residual_row_stride = static_cast<uint32_t>(residual.row_stride);
      drain.residual_pixel_stride = static_cast<uint16_t>(stride);
    }
    drain.output = Plus(output.Row(y), column * output.pixel_stride + channel0);
    drain.out_h = static_cast<uint16_t>(rows);
    Emit(Engine::kVector, drain);
    drain.accumulator += static_cast<uint32_t>(drain.elements());
    y += rows;
  }
}

/// Blocks take the accumulators in turn, so that the array runs ahead of the vector unit as far as
/// they reach.
int64_t KernelEmitter::AllocateAccumulators(int64_t elements) {
  constexpr int64_t kBanks = 2;
  if (next_accumulator_ + elements > kBanks * AccumulatorElements()) next_accumulator_ = 0;
  const int64_t begin = next_accumulator_;
  next_accumulator_ += elements;
  return begin;
}

WeightSets::Choice KernelEmitter::LoadWeights(const ImcKernel& imc, int64_t tile_index,
                                              const TilePlanes& planes) {
  const WeightTile& tile = imc.tiles[static_cast<size_t>(tile_index)];
  const int64_t columns = imc.column_tiles[static_cast<size_t>(tile.column_tile)].columns;
  // Each matrix of a product has tiles of its own.
  const int64_t matrix = imc.matrices > 1 ? planes.tile.output.rows.begin : 0;
  const WeightSets::Choice place =
      sets_.Use(static_cast<int64_t>(current_.index),
                matrix * static_cast<int64_t>(imc.tiles.size()) + tile_index, columns);
  if (!place.load) return place;
  if (!options_.imc_double_buffer) tasks_.Order(Engine::kWeightLoad, Engine::kMvm);
  if (imc.has_computed_weights()) {
    LoadMatrix(imc, tile, place, matrix);
    return place;
  }
  const Address home = memory_.weights[current_.index][static_cast<size_t>(tile_index)];
  if (home.region == Region::kDdr) {
    StreamWeights(tile, columns, home, place);
    return place;
  }
  LoadWeightsTask load{.source = home, .set = place.set};
  load.column0 = static_cast<uint16_t>(place.column0);
  load.rows = load.valid = load.column_stride = static_cast<uint16_t>(tile.pwords * target_.pword);
  load.columns = static_cast<uint16_t>(columns);
  if (home.region == Region::kL2) traffic_.l2_weights += tile.size;
  Emit(Engine::kWeightLoad, load);
  return place;
}

/// The set is only fed from L2 or L1: DDR weights go through L1 in chunks of whole columns.
void KernelEmitter::StreamWeights(const WeightTile& tile, int64_t columns, Address home,
                                  const WeightSets::Choice& place) {
  const int64_t rows = tile.pwords * target_.pword;
  const int64_t step = std::max<int64_t>(tiles_.staging_chunk.count() / rows, 1);
  for (int64_t column = 0; column < columns; column += step) {
    const int64_t count = std::min(step, columns - column);
    const Address chunk = memory_.staging[staging_++ % memory_.staging.size()];
    DmaTask dma{.source = Plus(home, column * rows), .destination = chunk};
    dma.run = static_cast<uint32_t>(count * rows);
    Copy(Engine::kDma0, dma);
    traffic_.pageable_ddr += Bytes(int64_t{dma.run});
    LoadWeightsTask load{.source = chunk, .set = place.set};
    load.column0 = static_cast<uint16_t>(place.column0 + column);
    load.rows = load.valid = load.column_stride = static_cast<uint16_t>(rows);
    load.columns = static_cast<uint16_t>(count);
    Emit(Engine::kWeightLoad, load);
  }
}

}  // namespace imcc
