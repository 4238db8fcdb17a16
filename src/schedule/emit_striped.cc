// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/predict_timeline.h"
#include "schedule/kernel_emitter.h"

namespace imcc {

namespace {

/// Some rows of a tensor in its line buffers: a ring where they go round the end.
struct LineRows {
  Address base;
  RowRing ring;
};

LineRows RowsIn(const LineBuffer& line, Address lines, Interval<int64_t> rows) {
  const int64_t first = rows.begin % line.rows;
  if (first + (rows.end - rows.begin) <= line.rows)
    return {Plus(lines, first * line.row_stride()), {}};
  return {lines, {static_cast<uint16_t>(line.rows), static_cast<uint16_t>(first)}};
}

/// What a stripe computes of its band, and the boxes it reads.
Tile TileOf(const Kernel& kernel, const Stripe& stripe, Interval<int64_t> columns) {
  if (kernel.is_global_pool())
    return {.output = {{0, 1}, {0, 1}}, .inputs = {{stripe.rows, {0, kernel.inputs[0].map.width}}}};
  Tile tile{.output = {stripe.rows, columns}, .inputs = {}};
  for (size_t i = 0; i < kernel.inputs.size(); ++i)
    tile.inputs.push_back(InputBox(kernel, i, tile.output));
  return tile;
}

}  // namespace

void KernelEmitter::EmitStriped(size_t index) {
  const TileGroup& group = tiles_.groups[index];
  for (int64_t i = 0; i < group.count; ++i) {
    SetCurrent(group.kernel(i));
    LoadConstants();
  }
  std::vector<int64_t> turns;
  for (const Stripe& stripe : group.stripes)
    turns.push_back(static_cast<int64_t>(stripe.kernel.index()));
  sets_.Expect(turns);
  for (const Stripe& stripe : group.stripes) {
    sets_.NextTurn();
    EmitStripe(index, stripe);
  }
  sets_.Expect({});
}

void KernelEmitter::EmitStripe(size_t group, const Stripe& stripe) {
  SetCurrent(stripe.kernel.index());
  const Kernel& kernel = *current_.kernel;
  const size_t number = current_.index - tiles_.groups[group].first.index();
  const Band& band = tiles_.groups[group].bands[stripe.band];
  const Tile tile = TileOf(kernel, stripe, band.computed[number]);
  std::vector<InputPlane> inputs;
  for (size_t i = 0; i < tile.inputs.size(); ++i)
    inputs.push_back(LineInput(group, stripe, i, tile.inputs[i]));
  const OutputPlane output = LineOutput(group, stripe.band, tile);
  const Turn turn{.first = stripe.rows.begin == 0,
                  .last = stripe.rows.end == TiledPlane(kernel).height};
  Compute({tile, inputs, output}, turn);
  if (!kernel.is_global_pool() || turn.last) StoreBand(tile, output, band.stored[number]);
}

/// The halo is for this band alone: its neighbour stores it.
void KernelEmitter::StoreBand(Tile tile, OutputPlane output, Interval<int64_t> stored) {
  if (stored.empty()) return;
  output.base = Plus(output.base, (stored.begin - tile.output.columns.begin) * output.pixel_stride);
  tile.output.columns = stored;
  StoreOutput(tile, output);
}

/// Copies the rows that this stripe is the first to read to their lines.
InputPlane KernelEmitter::LineInput(size_t group, const Stripe& stripe, size_t operand,
                                    const Box& box) {
  const size_t kernel = current_.index - tiles_.groups[group].first.index();
  const auto index = static_cast<size_t>(tiles_.groups[group].input_lines[kernel][operand]);
  const LineBuffer& line = tiles_.groups[group].lines[index];
  if (!line.is_internal && memory_.buffers[line.buffer.index()].region == Region::kL1)
    return HomeInput(operand, box);
  const Address lines = memory_.lines[group][index];
  const int64_t stride = current_.kernel->inputs[operand].pixel_stride;
  const Interval<int64_t> held = tiles_.groups[group].bands[stripe.band].held[index];
  const auto plane_of = [&](const Box& part) {
    const LineRows place = RowsIn(line, lines, part.rows);
    return InputPlane{.base = Plus(place.base, (part.columns.begin - held.begin) * stride),
                      .ring = place.ring,
                      .row_stride = line.row_stride(),
                      .box = part};
  };
  if (const Box load{stripe.loads[operand], held}; !load.rows.empty())
    CopyIn(operand, load, plane_of(load));
  return plane_of(box);
}

OutputPlane KernelEmitter::LineOutput(size_t group, size_t band, const Tile& tile) const {
  const size_t kernel = current_.index - tiles_.groups[group].first.index();
  const auto index = static_cast<size_t>(tiles_.groups[group].output_line[kernel]);
  const LineBuffer& line = tiles_.groups[group].lines[index];
  const Destination& output = current_.kernel->output;
  if (!line.is_internal && memory_.buffers[line.buffer.index()].region == Region::kL1)
    return HomeOutput(tile);
  const LineRows place = RowsIn(line, memory_.lines[group][index], tile.output.rows);
  // A slice that nobody in the group reads has lines of its own.
  const int64_t channel0 = line.pixel_stride == output.pixel_stride ? output.channel0 : 0;
  const Interval<int64_t> held = tiles_.groups[group].bands[band].held[index];
  const int64_t column = tile.output.columns.begin - held.begin;
  return {.base = Plus(place.base, column * line.pixel_stride + channel0),
          .ring = place.ring,
          .row_stride = line.row_stride(),
          .pixel_stride = line.pixel_stride};
}

}  // namespace imcc
