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

bool IsGlobal(const Kernel& kernel) { return kernel.window() && kernel.window()->is_global(); }

/// The full-width tile of a stripe.
Tile TileOf(const Kernel& kernel, const Stripe& stripe) {
  if (IsGlobal(kernel))
    return {.output = {{0, 1}, {0, 1}}, .inputs = {{stripe.rows, {0, kernel.inputs[0].map.width}}}};
  Tile tile{.output = {stripe.rows, {0, kernel.output.box.width}}, .inputs = {}};
  for (size_t i = 0; i < kernel.inputs.size(); ++i)
    tile.inputs.push_back(InputBox(kernel, i, tile.output));
  // A stripe reads whole rows.
  for (size_t i = 0; i < tile.inputs.size(); ++i)
    tile.inputs[i].columns = {0, kernel.inputs[i].map.width};
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
  const Tile tile = TileOf(kernel, stripe);
  std::vector<InputPlane> inputs;
  for (size_t i = 0; i < tile.inputs.size(); ++i)
    inputs.push_back(LineInput(group, stripe, i, tile.inputs[i]));
  const OutputPlane output = LineOutput(group, tile);
  const Turn turn{.first = stripe.rows.begin == 0,
                  .last = stripe.rows.end == TiledPlane(kernel).height};
  Compute({tile, inputs, output}, turn);
  if (!IsGlobal(kernel) || turn.last) StoreOutput(tile, output);
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
  const auto plane_of = [&](Interval<int64_t> rows) {
    const LineRows place = RowsIn(line, lines, rows);
    return InputPlane{.base = place.base,
                      .ring = place.ring,
                      .row_stride = line.row_stride(),
                      .box = {rows, box.columns}};
  };
  const Interval<int64_t> load = stripe.loads[operand];
  if (!load.empty()) CopyIn(operand, {load, box.columns}, plane_of(load));
  return plane_of(box.rows);
}

OutputPlane KernelEmitter::LineOutput(size_t group, const Tile& tile) const {
  const size_t kernel = current_.index - tiles_.groups[group].first.index();
  const auto index = static_cast<size_t>(tiles_.groups[group].output_line[kernel]);
  const LineBuffer& line = tiles_.groups[group].lines[index];
  const Destination& output = current_.kernel->output;
  if (!line.is_internal && memory_.buffers[line.buffer.index()].region == Region::kL1)
    return HomeOutput(tile);
  const LineRows place = RowsIn(line, memory_.lines[group][index], tile.output.rows);
  // A slice that nobody in the group reads has lines of its own.
  const int64_t channel0 = line.pixel_stride == output.pixel_stride ? output.channel0 : 0;
  return {.base = Plus(place.base, channel0),
          .ring = place.ring,
          .row_stride = line.row_stride(),
          .pixel_stride = line.pixel_stride};
}

}  // namespace imcc
