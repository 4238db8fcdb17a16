// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "schedule/kernel_emitter.h"

#include <algorithm>
#include <utility>

#include "schedule/set_window.h"

namespace imcc {

namespace {

/// Loads and stores have a queue each, so that a store waiting for compute never holds up the
/// next tile's load.
constexpr Engine kLoads = Engine::kDma0;
constexpr Engine kStores = Engine::kDma1;

uint16_t U16(int64_t value) { return static_cast<uint16_t>(value); }
uint32_t U32(int64_t value) { return static_cast<uint32_t>(value); }

/// A box of `rows` x `pixels` between two planes; one run where both are contiguous.
DmaTask CopyBox(Address source, int64_t source_row, Address destination, int64_t destination_row,
                int64_t rows, int64_t row_bytes) {
  DmaTask dma{.source = source, .destination = destination};
  const bool contiguous = source_row == row_bytes && destination_row == row_bytes;
  dma.run = U32(contiguous ? rows * row_bytes : row_bytes);
  if (!contiguous && rows > 1) {
    dma.count0 = U16(rows);
    dma.source_stride0 = U32(source_row);
    dma.destination_stride0 = U32(destination_row);
  }
  return dma;
}

/// A plane of pixels in some memory.
struct Pixels {
  Address base;
  int64_t row_stride = 0;
  int64_t pixel_stride = 0;
};

/// `channels` bytes of each pixel of a box, between planes of any strides.
DmaTask CopyPixels(const Pixels& source, const Pixels& destination, int64_t rows, int64_t columns,
                   int64_t channels) {
  DmaTask dma{.source = source.base, .destination = destination.base};
  dma.run = U32(channels);
  dma.count0 = U16(columns);
  dma.source_stride0 = U32(source.pixel_stride);
  dma.destination_stride0 = U32(destination.pixel_stride);
  dma.count1 = U16(rows);
  dma.source_stride1 = U32(source.row_stride);
  dma.destination_stride1 = U32(destination.row_stride);
  return dma;
}

}  // namespace

KernelEmitter::KernelEmitter(const MappedNetwork& network, const TilePlan& tiles,
                             const MemoryPlan& memory, const Target& target,
                             const CompilationOptions& options)
    : network_(network),
      tiles_(tiles),
      memory_(memory),
      target_(target),
      options_(options),
      sets_(target.array.weight_sets, target.array.columns) {}

void KernelEmitter::Copy(Engine engine, const DmaTask& dma) {
  const Region outside =
      dma.source.region == Region::kL1 ? dma.destination.region : dma.source.region;
  Bytes& traffic = outside == Region::kL2 ? traffic_.l2_activations : traffic_.ddr;
  traffic += Bytes(int64_t{dma.run} * dma.count0 * dma.count1);
  Emit(engine, dma);
}

void KernelEmitter::EmitKernel(size_t index) {
  current_ = {.kernel = &network_.kernels[index],
              .plan = &tiles_.kernels[index],
              .index = index,
              .constants = memory_.constants_l1[index]};
  backwards_ = false;
  LoadConstants();
  if (current_.kernel->imc() != nullptr && LivesInL1()) {
    EmitTile(WholeTile(), 0);
    return;
  }
  int64_t number = 0;
  for (const Tile& tile : current_.plan->tiles) EmitTile(tile, number++);
}

/// Where nothing has to be moved, tiles would only keep weight sets from the next kernel: the array
/// takes the kernel as a whole and cuts it up as suits the sets.
bool KernelEmitter::LivesInL1() const {
  const auto in_l1 = [&](BufferId id) { return memory_.buffers[id.index()].region == Region::kL1; };
  const std::vector<Operand>& inputs = current_.kernel->inputs;
  return in_l1(current_.kernel->output.buffer) &&
         std::all_of(inputs.begin(), inputs.end(),
                     [&](const Operand& input) { return in_l1(input.buffer); });
}

Tile KernelEmitter::WholeTile() const {
  const FeatureMap& map = current_.kernel->output.box;
  Tile tile{.output = {{0, map.height}, {0, map.width}}, .inputs = {}};
  for (size_t i = 0; i < current_.kernel->inputs.size(); ++i)
    tile.inputs.push_back(InputBox(*current_.kernel, i, tile.output));
  return tile;
}

void KernelEmitter::EmitTile(const Tile& tile, int64_t number) {
  std::vector<InputPlane> inputs;
  for (size_t i = 0; i < tile.inputs.size(); ++i) inputs.push_back(LoadInput(i, tile, number));
  const OutputPlane output = PrepareOutput(tile, number);
  Compute(tile, inputs, output, number);
  const bool last = number + 1 == static_cast<int64_t>(current_.plan->tiles.size());
  const WindowKernel* window = current_.kernel->window();
  if (window == nullptr || !window->is_global() || last) StoreOutput(tile, output);
}

void KernelEmitter::LoadConstants() {
  const Address home = memory_.constants[current_.index];
  if (current_.kernel->constants.empty() || home == current_.constants) return;
  DmaTask dma{.source = home, .destination = current_.constants};
  dma.run = U32(static_cast<int64_t>(current_.kernel->constants.size()));
  Copy(kLoads, dma);
}

InputPlane KernelEmitter::LoadInput(size_t operand, const Tile& tile, int64_t number) {
  const Operand& input = current_.kernel->inputs[operand];
  const Box& box = tile.inputs[operand];
  const Address home = memory_.buffers[input.buffer.index()];
  const Address first =
      Plus(home, box.rows.begin * input.row_stride() + box.columns.begin * input.pixel_stride);
  if (home.region == Region::kL1)
    return {.base = first, .row_stride = input.row_stride(), .box = box};
  const std::vector<Address>& slots = memory_.slots[current_.index].inputs[operand];
  const Address slot = slots[static_cast<size_t>(number) % slots.size()];
  const int64_t row_bytes = box.width() * input.pixel_stride;
  if (CopiedBytes(input.map.channels, input.pixel_stride) < input.pixel_stride)
    Copy(kLoads, CopyPixels({first, input.row_stride(), input.pixel_stride},
                            {slot, row_bytes, input.pixel_stride}, box.height(), box.width(),
                            input.map.channels));
  else
    Copy(kLoads, CopyBox(first, input.row_stride(), slot, row_bytes, box.height(), row_bytes));
  return {.base = slot, .row_stride = row_bytes, .box = box};
}

OutputPlane KernelEmitter::PrepareOutput(const Tile& tile, int64_t number) const {
  const Destination& output = current_.kernel->output;
  const Address home = memory_.buffers[output.buffer.index()];
  if (home.region == Region::kL1) {
    const int64_t offset = (output.y0 + tile.output.rows.begin) * output.row_stride() +
                           (output.x0 + tile.output.columns.begin) * output.pixel_stride +
                           output.channel0;
    return {Plus(home, offset), output.row_stride(), output.pixel_stride};
  }
  const std::vector<Address>& slots = memory_.slots[current_.index].output;
  const int64_t stride = current_.plan->slot_pixel_stride;
  return {slots[static_cast<size_t>(number) % slots.size()], tile.output.width() * stride, stride};
}

void KernelEmitter::StoreOutput(const Tile& tile, const OutputPlane& plane) {
  const Destination& output = current_.kernel->output;
  const Address home = memory_.buffers[output.buffer.index()];
  if (home.region == Region::kL1) return;
  const Address first = Plus(
      home, (output.y0 + tile.output.rows.begin) * output.row_stride() +
                (output.x0 + tile.output.columns.begin) * output.pixel_stride + output.channel0);
  const int64_t rows = tile.output.height();
  const int64_t columns = tile.output.width();
  const int64_t channels = output.box.channels;
  if (output.covers_channels() &&
      CopiedBytes(channels, output.pixel_stride) == output.pixel_stride) {
    const int64_t row_bytes = columns * output.pixel_stride;
    Copy(kStores,
         CopyBox(plane.base, plane.row_stride, first, output.row_stride(), rows, row_bytes));
    return;
  }
  Copy(kStores,
       CopyPixels({plane.base, plane.row_stride, plane.pixel_stride},
                  {first, output.row_stride(), output.pixel_stride}, rows, columns, channels));
}

void KernelEmitter::Compute(const Tile& tile, const std::vector<InputPlane>& inputs,
                            const OutputPlane& output, int64_t number) {
  const Kernel& kernel = *current_.kernel;
  if (const ImcKernel* imc = kernel.imc()) EmitImc(*imc, tile, inputs, output);
  if (const WindowKernel* window = kernel.window())
    EmitWindow(*window, tile, inputs[0], output, number);
  if (const ElementwiseKernel* op = kernel.elementwise())
    EmitElementwise(*op, tile, inputs, output);
  if (const TableKernel* table = kernel.table()) EmitTable(*table, tile, inputs[0], output);
  if (const ResizeKernel* resize = kernel.resize()) EmitResize(*resize, tile, inputs[0], output);
}

void KernelEmitter::EmitWindow(const WindowKernel& kernel, const Tile& tile,
                               const InputPlane& input, const OutputPlane& output, int64_t number) {
  WindowTask task{.input = input.base, .output = output.base, .parameters = current_.constants};
  task.kind = kernel.kind;
  task.channels = U16(current_.kernel->output.box.channels);
  task.row_stride_in = U32(input.row_stride);
  task.row_stride_out = U32(output.row_stride);
  task.pixel_stride_in = U16(current_.kernel->inputs[0].pixel_stride);
  task.pixel_stride_out = U16(output.pixel_stride);
  if (kernel.channel_zero_points) task.flags |= WindowTask::kChannelZeroPoints;
  if (kernel.is_global()) {  // The plane is summed as it comes: no window slides.
    SetWindow(Window{}, tile.output, {{0, input.box.height()}, {0, input.box.width()}}, task);
    if (number == 0) task.flags |= WindowTask::kFirst;
    if (number + 1 == static_cast<int64_t>(current_.plan->tiles.size()))
      task.flags |= WindowTask::kLast;
  } else {
    SetWindow(kernel.window, tile.output, input.box, task);
  }
  Emit(Engine::kDepthwise, task);
}

void KernelEmitter::EmitElementwise(const ElementwiseKernel& op, const Tile& tile,
                                    const std::vector<InputPlane>& inputs,
                                    const OutputPlane& output) {
  ElementwiseTask task{.a = inputs[0].base,
                       .b = inputs[1].base,
                       .output = output.base,
                       .parameters = current_.constants};
  task.height = U16(tile.output.height());
  task.width = U16(tile.output.width());
  task.channels = U16(current_.kernel->output.box.channels);
  task.row_stride_a = U32(inputs[0].row_stride);
  task.row_stride_b = U32(inputs[1].row_stride);
  task.row_stride_out = U32(output.row_stride);
  task.pixel_stride_a = U16(current_.kernel->inputs[0].pixel_stride);
  task.pixel_stride_out = U16(output.pixel_stride);
  task.kind = static_cast<uint8_t>(op.kind);
  if (op.broadcast_b) task.flags |= ElementwiseTask::kBroadcastB;
  if (op.has_table) task.flags |= ElementwiseTask::kTable;
  Emit(Engine::kVector, task);
}

void KernelEmitter::EmitTable(const TableKernel& table, const Tile& tile, const InputPlane& input,
                              const OutputPlane& output) {
  TableTask task{.input = input.base, .output = output.base};
  if (table.has_table) {
    task.table = current_.constants;
    task.flags = TableTask::kTable;
  }
  task.height = U16(tile.output.height());
  task.width = U16(tile.output.width());
  task.channels = U16(current_.kernel->output.box.channels);
  task.row_stride_in = U32(input.row_stride);
  task.row_stride_out = U32(output.row_stride);
  task.pixel_stride_in = U16(current_.kernel->inputs[0].pixel_stride);
  task.pixel_stride_out = U16(output.pixel_stride);
  Emit(Engine::kVector, task);
}

void KernelEmitter::EmitResize(const ResizeKernel& resize, const Tile& tile,
                               const InputPlane& input, const OutputPlane& output) {
  ResizeTask task{.input = input.base, .output = output.base, .parameters = current_.constants};
  task.out_h = U16(tile.output.height());
  task.out_w = U16(tile.output.width());
  task.out_y0 = U16(tile.output.rows.begin);
  task.out_x0 = U16(tile.output.columns.begin);
  task.in_h = U16(input.box.height());
  task.in_w = U16(input.box.width());
  task.in_y0 = U16(input.box.rows.begin);
  task.in_x0 = U16(input.box.columns.begin);
  task.channels = U16(current_.kernel->output.box.channels);
  task.row_stride_in = U32(input.row_stride);
  task.row_stride_out = U32(output.row_stride);
  task.pixel_stride_in = U16(current_.kernel->inputs[0].pixel_stride);
  task.pixel_stride_out = U16(output.pixel_stride);
  task.taps = resize.taps;
  Emit(Engine::kDepthwise, task);
}

}  // namespace imcc
