// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "schedule/kernel_emitter.h"

namespace imcc {

/// Row by row: each has weights of its own, which load while the row before is multiplied.
void KernelEmitter::EmitProducts(const ImcKernel& imc, const TilePlanes& planes) {
  const Box& box = planes.tile.output;
  for (int64_t y = 0; y < box.height(); ++y) {
    Tile row = planes.tile;
    row.output.rows = {box.rows.begin + y, box.rows.begin + y + 1};
    std::vector<InputPlane> inputs = planes.inputs;
    inputs[0].base = planes.inputs[0].Row(y);
    inputs[0].ring = {};
    inputs[0].box.rows = row.output.rows;
    OutputPlane output = planes.output;
    output.base = planes.output.Row(y);
    output.ring = {};
    EmitBlocks(imc, {row, inputs, output});
  }
}

/// A pixel of operand 1 is a column; the bytes between two pixels are not read. The set is fed from
/// where the operand lives.
void KernelEmitter::LoadMatrix(const ImcKernel& imc, const WeightTile& tile,
                               const WeightSets::Choice& place, int64_t row) {
  const Operand& operand = current_.kernel->inputs[1];
  const ColumnTile& column = imc.column_tiles[static_cast<size_t>(tile.column_tile)];
  const int64_t first = tile.first_pword * target_.pword;
  const int64_t rows = tile.pwords * target_.pword;
  const Address pixels = ReadHome(operand.buffer, row, 1, operand.row_stride()).base;
  LoadWeightsTask load{.source = Plus(pixels, column.first_column * operand.pixel_stride + first),
                       .set = place.set};
  load.column0 = static_cast<uint16_t>(place.column0);
  load.rows = static_cast<uint16_t>(rows);
  load.columns = static_cast<uint16_t>(column.columns);
  load.column_stride = static_cast<uint16_t>(operand.pixel_stride);
  load.valid = static_cast<uint16_t>(std::min(rows, operand.map.channels - first));
  if (pixels.region == Region::kDdr) return StreamMatrix(load);
  if (pixels.region == Region::kL2) traffic_.l2_weights += Bytes(load.cells());
  Emit(Engine::kWeightLoad, load);
}

/// As StreamWeights: some columns at a time, which then lie packed in L1.
void KernelEmitter::StreamMatrix(LoadWeightsTask load) {
  const int64_t columns = load.columns;
  const int32_t stride = load.column_stride;
  const Address home = load.source;
  const auto column0 = load.column0;
  load.column_stride = load.valid;
  const int64_t step = std::max<int64_t>(tiles_.staging_chunk.count() / load.valid, 1);
  for (int64_t column = 0; column < columns; column += step) {
    load.source = memory_.staging[staging_++ % memory_.staging.size()];
    load.column0 = static_cast<uint16_t>(column0 + column);
    load.columns = static_cast<uint16_t>(std::min(step, columns - column));
    DmaTask dma{.source = Plus(home, column * stride), .destination = load.source};
    dma.run = load.valid;
    dma.count0 = load.columns;
    dma.source_stride0 = stride;
    dma.destination_stride0 = load.valid;
    CopyTensor(Engine::kDma0, current_.kernel->inputs[1].buffer, dma);
    Emit(Engine::kWeightLoad, load);
  }
}

}  // namespace imcc
