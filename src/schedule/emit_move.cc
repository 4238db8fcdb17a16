// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "schedule/gather_copies.h"
#include "schedule/kernel_emitter.h"

namespace imcc {
namespace {

/// Where elements of an operand lie in its tile.
struct ElementAddress {
  const Operand& operand;
  const InputPlane& plane;

  Address Of(int64_t element) const {
    const int64_t pixel = element / operand.map.channels;
    const int64_t y = pixel / operand.map.width - plane.box.rows.begin;
    const int64_t x = pixel % operand.map.width - plane.box.columns.begin;
    return Plus(plane.base,
                y * plane.row_stride + x * operand.pixel_stride + element % operand.map.channels);
  }
};

}  // namespace

/// Copies queue behind the stores: a move waits for the kernel before it, as those do, and loads of
/// the next tiles should not.
void KernelEmitter::EmitMove(const MoveKernel& move, const TilePlanes& planes) {
  const Box& box = planes.tile.output;
  const FeatureMap& map = current_.kernel->output.box;
  const ElementAddress source{current_.kernel->inputs[0], planes.inputs[0]};
  CopyGatherer copies;
  for (int64_t y = box.rows.begin; y < box.rows.end; ++y) {
    const Address row = planes.output.Row(y - box.rows.begin);
    ElementWalk walk(move.view, (y * map.width + box.columns.begin) * map.channels);
    for (int64_t x = 0; x < box.width(); ++x)
      for (int64_t c = 0; c < map.channels; ++c, walk.Next())
        copies.Add(source.Of(walk.source()), Plus(row, x * planes.output.pixel_stride + c));
  }
  for (const DmaTask& copy : copies.Finish()) Copy(Engine::kDma1, copy);
}

}  // namespace imcc
