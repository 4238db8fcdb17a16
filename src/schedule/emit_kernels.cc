// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "schedule/kernel_emitter.h"
#include "schedule/narrow.h"
#include "schedule/set_window.h"

namespace imcc {

namespace {

/// Every output pixel is made of the same pixel of the operands.
bool IsPixelwise(const Kernel& kernel) {
  return kernel.elementwise() || kernel.table() || kernel.across();
}

/// Where the pixels of the only input and of the output lie.
template <class Task>
void SetStrides(const Kernel& kernel, const InputPlane& input, const OutputPlane& output,
                Task& task) {
  task.row_stride_in = Narrow<uint32_t>(input.row_stride);
  task.row_stride_out = Narrow<uint32_t>(output.row_stride);
  task.pixel_stride_in = Narrow<uint16_t>(kernel.inputs[0].pixel_stride);
  task.pixel_stride_out = Narrow<uint16_t>(output.pixel_stride);
}

/// Rows [first, first + count) of an operand's plane.
InputPlane RowsOf(const InputPlane& plane, int64_t first, int64_t count) {
  const int64_t y = plane.box.rows.begin + first;
  return {.base = plane.Row(first),
          .ring = {},
          .row_stride = plane.row_stride,
          .box = {{y, y + count}, plane.box.columns}};
}

}  // namespace

/// Only the rows that a window reads may wrap in their ring: a task for each run of the others.
void KernelEmitter::Compute(const TilePlanes& planes, Turn turn) {
  const Kernel& kernel = *current_.kernel;
  if (const ImcKernel* imc = kernel.imc()) {
    EmitImc(*imc, planes);
    return;
  }
  if (const MoveKernel* move = kernel.move()) {
    EmitMove(*move, planes);
    return;
  }
  const Box& box = planes.tile.output;
  const auto is_split = [&](const InputPlane& plane) {
    return IsPixelwise(kernel) && plane.box.height() == box.height();
  };
  for (int64_t y = 0; y < box.height();) {
    int64_t count = planes.output.ring.Run(y, box.height() - y);
    for (const InputPlane& plane : planes.inputs)
      if (is_split(plane)) count = plane.ring.Run(y, count);
    Tile tile = planes.tile;
    tile.output.rows = {box.rows.begin + y, box.rows.begin + y + count};
    std::vector<InputPlane> inputs;
    for (const InputPlane& plane : planes.inputs)
      inputs.push_back(is_split(plane) ? RowsOf(plane, y, count) : plane);
    OutputPlane output = planes.output;
    output.base = planes.output.Row(y);
    output.ring = {};
    ComputeRun({tile, inputs, output}, turn);
    y += count;
  }
}

void KernelEmitter::ComputeRun(const TilePlanes& planes, Turn turn) {
  const Kernel& kernel = *current_.kernel;
  if (const WindowKernel* window = kernel.window()) EmitWindow(*window, planes, turn);
  if (const ElementwiseKernel* op = kernel.elementwise()) EmitElementwise(*op, planes);
  if (const TableKernel* table = kernel.table()) EmitTable(*table, planes);
  if (const ResizeKernel* resize = kernel.resize()) EmitResize(*resize, planes);
  if (const AcrossKernel* across = kernel.across()) EmitAcross(*across, planes);
}

void KernelEmitter::EmitWindow(const WindowKernel& kernel, const TilePlanes& planes, Turn turn) {
  const auto& [tile, inputs, output] = planes;
  const InputPlane& input = inputs[0];
  WindowTask task{.input = input.base, .output = output.base, .parameters = current_.constants};
  task.ring = input.ring;
  task.kind = kernel.kind;
  task.channels = Narrow<uint16_t>(current_.kernel->output.box.channels);
  SetStrides(*current_.kernel, input, output, task);
  if (kernel.channel_zero_points) task.flags |= WindowTask::kChannelZeroPoints;
  if (kernel.is_global()) {  // The plane is summed as it comes: no window slides.
    SetWindow(Window{}, tile.output, {{0, input.box.height()}, {0, input.box.width()}}, task);
    if (turn.first) task.flags |= WindowTask::kFirst;
    if (turn.last) task.flags |= WindowTask::kLast;
  } else {
    SetWindow(kernel.window, tile.output, input.box, task);
  }
  Emit(Engine::kDepthwise, task);
}

void KernelEmitter::EmitElementwise(const ElementwiseKernel& op, const TilePlanes& planes) {
  const auto& [tile, inputs, output] = planes;
  ElementwiseTask task{.a = inputs[0].base,
                       .b = inputs[1].base,
                       .output = output.base,
                       .parameters = current_.constants};
  task.height = Narrow<uint16_t>(tile.output.height());
  task.width = Narrow<uint16_t>(tile.output.width());
  task.channels = Narrow<uint16_t>(current_.kernel->output.box.channels);
  task.row_stride_a = Narrow<uint32_t>(inputs[0].row_stride);
  task.row_stride_b = Narrow<uint32_t>(inputs[1].row_stride);
  task.row_stride_out = Narrow<uint32_t>(output.row_stride);
  task.pixel_stride_a = Narrow<uint16_t>(current_.kernel->inputs[0].pixel_stride);
  task.pixel_stride_out = Narrow<uint16_t>(output.pixel_stride);
  task.kind = static_cast<uint8_t>(op.kind);
  if (op.broadcast_b) task.flags |= ElementwiseTask::kBroadcastB;
  if (op.has_table) task.flags |= ElementwiseTask::kTable;
  Emit(Engine::kVector, task);
}

void KernelEmitter::EmitTable(const TableKernel& table, const TilePlanes& planes) {
  const auto& [tile, inputs, output] = planes;
  const InputPlane& input = inputs[0];
  TableTask task{.input = input.base, .output = output.base};
  if (table.has_table) {
    task.table = current_.constants;
    task.flags = TableTask::kTable;
  }
  task.height = Narrow<uint16_t>(tile.output.height());
  task.width = Narrow<uint16_t>(tile.output.width());
  task.channels = Narrow<uint16_t>(current_.kernel->output.box.channels);
  SetStrides(*current_.kernel, input, output, task);
  Emit(Engine::kVector, task);
}

void KernelEmitter::EmitAcross(const AcrossKernel& across, const TilePlanes& planes) {
  const auto& [tile, inputs, output] = planes;
  const InputPlane& input = inputs[0];
  AcrossTask task{.input = input.base, .output = output.base, .parameters = current_.constants};
  task.kind = across.kind;
  if (across.last) task.flags |= AcrossTask::kLast;
  task.height = Narrow<uint16_t>(tile.output.height());
  task.width = Narrow<uint16_t>(tile.output.width());
  task.channels = Narrow<uint16_t>(current_.kernel->inputs[0].map.channels);
  SetStrides(*current_.kernel, input, output, task);
  Emit(Engine::kVector, task);
}

void KernelEmitter::EmitResize(const ResizeKernel& resize, const TilePlanes& planes) {
  const auto& [tile, inputs, output] = planes;
  const InputPlane& input = inputs[0];
  ResizeTask task{.input = input.base, .output = output.base, .parameters = current_.constants};
  task.ring = input.ring;
  task.out_h = Narrow<uint16_t>(tile.output.height());
  task.out_w = Narrow<uint16_t>(tile.output.width());
  task.out_y0 = Narrow<uint16_t>(tile.output.rows.begin);
  task.out_x0 = Narrow<uint16_t>(tile.output.columns.begin);
  task.in_h = Narrow<uint16_t>(input.box.height());
  task.in_w = Narrow<uint16_t>(input.box.width());
  task.in_y0 = Narrow<uint16_t>(input.box.rows.begin);
  task.in_x0 = Narrow<uint16_t>(input.box.columns.begin);
  task.channels = Narrow<uint16_t>(current_.kernel->output.box.channels);
  SetStrides(*current_.kernel, input, output, task);
  task.taps = resize.taps;
  Emit(Engine::kDepthwise, task);
}

}  // namespace imcc
