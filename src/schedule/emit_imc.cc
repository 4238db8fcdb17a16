// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "isa/parameters.h"
#include "schedule/kernel_emitter.h"
#include "schedule/set_window.h"

namespace imcc {

namespace {

/// Pixels of one accumulator block: small enough that the vector unit starts early on a layer,
/// large enough that the start of a task is lost in it.
constexpr int64_t kBlockPixels = 256;

Address Plus(Address address, int64_t bytes) {
  address.offset += static_cast<uint64_t>(bytes);
  return address;
}

/// Rows and columns of an accumulator block inside a tile.
struct BlockSize {
  int64_t rows = 1;
  int64_t columns = 1;
};

/// `capacity` pixels fit a bank. Where every row tile stays in a set, blocks cost nothing and stay
/// small; otherwise each block loads all row tiles again and is as large as it can be.
BlockSize ChooseBlock(const Box& tile, int64_t capacity, bool weights_stay) {
  const int64_t wanted = weights_stay ? std::min(capacity, kBlockPixels) : capacity;
  BlockSize size;
  size.columns = std::min(tile.width(), capacity);
  size.rows = std::clamp<int64_t>(wanted / size.columns, 1, tile.height());
  return size;
}

}  // namespace

void KernelEmitter::EmitImc(const ImcKernel& imc, const Tile& tile, const InputPlane& input,
                            const OutputPlane& output) {
  const int64_t elements =
      target_.array.accumulator.count() / static_cast<int64_t>(sizeof(int32_t));
  const Box& box = tile.output;
  for (const ColumnTile& column : imc.column_tiles) {
    const bool stay = static_cast<int64_t>(column.tiles.size()) <= target_.array.weight_sets;
    const BlockSize size = ChooseBlock(box, elements / column.columns, stay);
    for (int64_t y = box.rows.begin; y < box.rows.end; y += size.rows)
      for (int64_t x = box.columns.begin; x < box.columns.end; x += size.columns)
        EmitBlock(imc, column,
                  {{y, std::min(y + size.rows, box.rows.end)},
                   {x, std::min(x + size.columns, box.columns.end)}},
                  tile, input, output);
  }
}

void KernelEmitter::EmitBlock(const ImcKernel& imc, const ColumnTile& column, const Box& block,
                              const Tile& tile, const InputPlane& input,
                              const OutputPlane& output) {
  const int64_t elements =
      target_.array.accumulator.count() / static_cast<int64_t>(sizeof(int32_t));
  const auto accumulator = static_cast<uint32_t>(bank_ * elements);
  bank_ ^= 1;

  MvmTask mvm;
  mvm.input = Plus(input.base, column.in_channel0);
  mvm.row_stride = static_cast<uint32_t>(input.row_stride);
  mvm.pixel_stride = static_cast<uint16_t>(current_.kernel->inputs[0].pixel_stride);
  mvm.channels = static_cast<uint16_t>(imc.subword ? 0 : column.in_channels);
  SetWindow(imc.window, block, input.box, mvm);
  mvm.columns = static_cast<uint16_t>(column.columns);
  mvm.zero_point = imc.input_zero_point;
  mvm.accumulator = accumulator;
  for (const int64_t index : column.tiles) {
    const WeightTile& weights = imc.tiles[static_cast<size_t>(index)];
    mvm.set = LoadWeights(imc, index);
    mvm.first_pword = static_cast<uint16_t>(weights.first_pword);
    mvm.pwords = static_cast<uint8_t>(weights.pwords);
    mvm.flags = static_cast<uint8_t>((weights.row_tile > 0 ? MvmTask::kAccumulate : 0) |
                                     (imc.subword ? MvmTask::kSubword : 0));
    Emit(Engine::kMvm, mvm);
  }

  RequantizeTask drain{.accumulator = accumulator, .out_h = mvm.out_h, .out_w = mvm.out_w};
  drain.columns = mvm.columns;
  drain.parameters = Plus(current_.constants, column.out_channel0 * kChannelParameterBytes);
  drain.output = Plus(output.base,
                      (block.rows.begin - tile.output.rows.begin) * output.row_stride +
                          (block.columns.begin - tile.output.columns.begin) * output.pixel_stride +
                          column.out_channel0);
  drain.row_stride = static_cast<uint32_t>(output.row_stride);
  drain.pixel_stride = static_cast<uint16_t>(output.pixel_stride);
  drain.zero_point = static_cast<int8_t>(imc.output_zero_point);
  drain.lo = imc.clamp.lo;
  drain.hi = imc.clamp.hi;
  if (imc.fused_table) {
    drain.table = Plus(current_.constants, current_.kernel->table_offset.count());
    drain.flags = RequantizeTask::kTable;
  }
  Emit(Engine::kVector, drain);
}

uint8_t KernelEmitter::LoadWeights(const ImcKernel& imc, int64_t tile_index) {
  const WeightSets::Choice choice = sets_.Use(static_cast<int64_t>(current_.index), tile_index);
  if (!choice.load) return choice.set;
  const WeightTile& tile = imc.tiles[static_cast<size_t>(tile_index)];
  const int64_t columns = imc.column_tiles[static_cast<size_t>(tile.column_tile)].columns;
  const Address home = Plus(memory_.weights[current_.index], tile.offset.count());
  if (!options_.imc_double_buffer) tasks_.Order(Engine::kWeightLoad, Engine::kMvm);
  if (home.region == Region::kDdr) {
    StreamWeights(tile, columns, home, choice.set);
    return choice.set;
  }
  LoadWeightsTask load{.source = home, .set = choice.set};
  load.rows = static_cast<uint16_t>(tile.pwords * target_.pword);
  load.columns = static_cast<uint16_t>(columns);
  traffic_.l2_weights += tile.size;
  Emit(Engine::kWeightLoad, load);
  return choice.set;
}

/// The set is only fed from L2 or L1: DDR weights go through L1 in chunks of whole columns.
void KernelEmitter::StreamWeights(const WeightTile& tile, int64_t columns, Address home,
                                  uint8_t set) {
  const int64_t rows = tile.pwords * target_.pword;
  const int64_t step = std::max<int64_t>(tiles_.staging_chunk.count() / rows, 1);
  for (int64_t column = 0; column < columns; column += step) {
    const int64_t count = std::min(step, columns - column);
    const Address chunk = memory_.staging[staging_++ % memory_.staging.size()];
    DmaTask dma{.source = Plus(home, column * rows), .destination = chunk};
    dma.run = static_cast<uint32_t>(count * rows);
    Copy(Engine::kDma0, dma);
    LoadWeightsTask load{.source = chunk, .set = set};
    load.column0 = static_cast<uint16_t>(column);
    load.rows = static_cast<uint16_t>(rows);
    load.columns = static_cast<uint16_t>(count);
    Emit(Engine::kWeightLoad, load);
  }
}

}  // namespace imcc
