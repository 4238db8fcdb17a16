// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "schedule/kernel_emitter.h"

#include <algorithm>
#include <utility>

#include "schedule/narrow.h"

namespace imcc {

namespace {

/// Loads and stores have a queue each, so that a store waiting for compute never holds up the
/// next tile's load.
constexpr Engine kLoads = Engine::kDma0;
constexpr Engine kStores = Engine::kDma1;

/// A box of `rows` x `pixels` between two planes; one run where both are contiguous.
DmaTask CopyBox(Address source, int64_t source_row, Address destination, int64_t destination_row,
                int64_t rows, int64_t row_bytes) {
  DmaTask dma{.source = source, .destination = destination};
  const bool contiguous = source_row == row_bytes && destination_row == row_bytes;
  dma.run = Narrow<uint32_t>(contiguous ? rows * row_bytes : row_bytes);
  if (!contiguous && rows > 1) {
    dma.count0 = Narrow<uint16_t>(rows);
    dma.source_stride0 = Narrow<int32_t>(source_row);
    dma.destination_stride0 = Narrow<int32_t>(destination_row);
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
  dma.run = Narrow<uint32_t>(channels);
  dma.count0 = Narrow<uint16_t>(columns);
  dma.source_stride0 = Narrow<int32_t>(source.pixel_stride);
  dma.destination_stride0 = Narrow<int32_t>(destination.pixel_stride);
  dma.count1 = Narrow<uint16_t>(rows);
  dma.source_stride1 = Narrow<int32_t>(source.row_stride);
  dma.destination_stride1 = Narrow<int32_t>(destination.row_stride);
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
      sets_(target.array.weight_sets, target.array.columns),
      backwards_(network.kernels.size()) {}

void KernelEmitter::Copy(Engine engine, const DmaTask& dma) {
  const Bytes bytes(dma.bytes());
  const auto touches = [&](Region region) {
    return dma.source.region == region || dma.destination.region == region;
  };
  if (touches(Region::kL2)) traffic_.l2_activations += bytes;
  if (touches(Region::kDdr)) traffic_.ddr += bytes;
  Emit(engine, dma);
}

void KernelEmitter::CopyTensor(Engine engine, BufferId buffer, const DmaTask& dma) {
  const Buffer& tensor = network_.buffer(buffer);
  if (!tensor.is_input && !tensor.is_output) {
    const Bytes ddr = traffic_.ddr;
    Copy(engine, dma);
    traffic_.pageable_ddr += traffic_.ddr - ddr;
    if (!tensor.is_constant) traffic_.intermediates += Bytes(dma.bytes());
    return;
  }
  Copy(engine, dma);
}

void KernelEmitter::EmitGroup(size_t index) {
  const TileGroup& group = tiles_.groups[index];
  ReloadPages(group);
  if (group.is_striped())
    EmitStriped(index);
  else
    EmitAlone(group.first.index());
}

void KernelEmitter::SetCurrent(size_t kernel) {
  current_ = {.kernel = &network_.kernels[kernel],
              .plan = &tiles_.kernels[kernel],
              .index = kernel,
              .constants = memory_.constants_l1[kernel]};
}

void KernelEmitter::EmitAlone(size_t kernel) {
  SetCurrent(kernel);
  LoadConstants();
  if (current_.kernel->imc() != nullptr && LivesInL1() && !options_.force_h_tiling) {
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
  const Kernel& kernel = *current_.kernel;
  bool all = in_l1(kernel.output.buffer);
  for (size_t i = 0; i < kernel.inputs.size(); ++i)
    all = all && (!kernel.HasTiles(i) || in_l1(kernel.inputs[i].buffer));
  return all;
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
  const Turn turn{.first = number == 0,
                  .last = number + 1 == static_cast<int64_t>(current_.plan->tiles.size())};
  Compute({tile, inputs, output}, turn);
  const WindowKernel* window = current_.kernel->window();
  if (window == nullptr || !window->is_global() || turn.last) StoreOutput(tile, output);
}

void KernelEmitter::LoadConstants() {
  const Address home = memory_.constants[current_.index];
  if (current_.kernel->constants.empty() || home == current_.constants) return;
  DmaTask dma{.source = home, .destination = current_.constants};
  dma.run = Narrow<uint32_t>(static_cast<int64_t>(current_.kernel->constants.size()));
  Copy(kLoads, dma);
}

InputPlane KernelEmitter::HomeInput(size_t operand, const Box& box) const {
  const Operand& input = current_.kernel->inputs[operand];
  const int64_t offset =
      box.rows.begin * input.row_stride() + box.columns.begin * input.pixel_stride;
  return {.base = Plus(memory_.buffers[input.buffer.index()], offset),
          .ring = {},
          .row_stride = input.row_stride(),
          .box = box};
}

OutputPlane KernelEmitter::HomeOutput(const Tile& tile) const {
  const Destination& output = current_.kernel->output;
  const int64_t offset = (output.y0 + tile.output.rows.begin) * output.row_stride() +
                         (output.x0 + tile.output.columns.begin) * output.pixel_stride +
                         output.channel0;
  return {.base = Plus(memory_.buffers[output.buffer.index()], offset),
          .ring = {},
          .row_stride = output.row_stride(),
          .pixel_stride = output.pixel_stride};
}

InputPlane KernelEmitter::LoadInput(size_t operand, const Tile& tile, int64_t number) {
  const Operand& input = current_.kernel->inputs[operand];
  const Box& box = tile.inputs[operand];
  if (!current_.kernel->HasTiles(operand)) return {.base = {}, .ring = {}, .box = box};
  if (memory_.buffers[input.buffer.index()].region == Region::kL1) return HomeInput(operand, box);
  const std::vector<Address>& slots = memory_.slots[current_.index].inputs[operand];
  const InputPlane plane{.base = slots[static_cast<size_t>(number) % slots.size()],
                         .ring = {},
                         .row_stride = box.width() * input.pixel_stride,
                         .box = box};
  CopyIn(operand, box, plane);
  return plane;
}

OutputPlane KernelEmitter::PrepareOutput(const Tile& tile, int64_t number) const {
  const Address home = memory_.buffers[current_.kernel->output.buffer.index()];
  if (home.region == Region::kL1) return HomeOutput(tile);
  const std::vector<Address>& slots = memory_.slots[current_.index].output;
  const int64_t stride = current_.plan->slot_pixel_stride;
  return {.base = slots[static_cast<size_t>(number) % slots.size()],
          .ring = {},
          .row_stride = tile.output.width() * stride,
          .pixel_stride = stride};
}

void KernelEmitter::ReloadPages(const TileGroup& group) {
  SetCurrent(group.first.index());
  for (size_t i = 0; i < memory_.paged.size(); ++i) {
    const PagedBuffer& paged = memory_.paged[i];
    for (const RowsInL2& piece : paged.l2) {
      if (!piece.is_reload || piece.kernels.begin != group.life().begin) continue;
      DmaTask dma{.source = paged.InDdr(piece.rows.begin), .destination = piece.address};
      dma.run = Narrow<uint32_t>((piece.rows.end - piece.rows.begin) * paged.row_stride);
      CopyTensor(kLoads, BufferId(i), dma);
    }
  }
}

KernelEmitter::HomeRows KernelEmitter::ReadHome(BufferId buffer, int64_t y, int64_t rows,
                                                int64_t row_stride) const {
  const PagedBuffer& paged = memory_.paged[buffer.index()];
  if (paged.empty()) return {Plus(memory_.buffers[buffer.index()], y * row_stride), rows};
  const RowRun run = paged.Read(y, static_cast<int64_t>(current_.index));
  return {run.address, std::min(run.rows, rows)};
}

std::vector<KernelEmitter::HomeRows> KernelEmitter::WriteHomes(BufferId buffer, int64_t y,
                                                               int64_t rows,
                                                               int64_t row_stride) const {
  const PagedBuffer& paged = memory_.paged[buffer.index()];
  if (paged.empty()) return {{Plus(memory_.buffers[buffer.index()], y * row_stride), rows}};
  std::vector<HomeRows> homes;
  for (const RowRun& run : paged.Write(y, static_cast<int64_t>(current_.index)))
    homes.push_back({run.address, std::min(run.rows, rows)});
  return homes;
}

/// Brings some rows of an operand from its home to where they lie in `plane`.
void KernelEmitter::CopyIn(size_t operand, const Box& box, const InputPlane& plane) {
  const Operand& input = current_.kernel->inputs[operand];
  const int64_t stride = input.row_stride();
  const int64_t row_bytes = box.width() * input.pixel_stride;
  for (int64_t y = 0; y < box.height();) {
    const HomeRows home =
        ReadHome(input.buffer, box.rows.begin + y, plane.ring.Run(y, box.height() - y), stride);
    const Address first = Plus(home.base, box.columns.begin * input.pixel_stride);
    if (CopiedBytes(input.map.channels, input.pixel_stride) < input.pixel_stride)
      CopyTensor(kLoads, input.buffer,
                 CopyPixels({first, stride, input.pixel_stride},
                            {plane.Row(y), plane.row_stride, input.pixel_stride}, home.rows,
                            box.width(), input.map.channels));
    else
      CopyTensor(kLoads, input.buffer,
                 CopyBox(first, stride, plane.Row(y), plane.row_stride, home.rows, row_bytes));
    y += home.rows;
  }
}

void KernelEmitter::StoreOutput(const Tile& tile, const OutputPlane& plane) {
  const Destination& output = current_.kernel->output;
  if (memory_.buffers[output.buffer.index()].region == Region::kL1) return;
  const int64_t stride = output.row_stride();
  const int64_t columns = tile.output.width();
  const int64_t channels = output.box.channels;
  const int64_t in_row =
      (output.x0 + tile.output.columns.begin) * output.pixel_stride + output.channel0;
  const bool whole_pixels =
      output.covers_channels() && CopiedBytes(channels, output.pixel_stride) == output.pixel_stride;
  for (int64_t y = 0; y < tile.output.height();) {
    int64_t rows = plane.ring.Run(y, tile.output.height() - y);
    for (const HomeRows& home :
         WriteHomes(output.buffer, output.y0 + tile.output.rows.begin + y, rows, stride)) {
      rows = home.rows;
      const Address first = Plus(home.base, in_row);
      if (whole_pixels)
        CopyTensor(kStores, output.buffer,
                   CopyBox(plane.Row(y), plane.row_stride, first, stride, rows,
                           columns * output.pixel_stride));
      else
        CopyTensor(kStores, output.buffer,
                   CopyPixels({plane.Row(y), plane.row_stride, plane.pixel_stride},
                              {first, stride, output.pixel_stride}, rows, columns, channels));
    }
    y += rows;
  }
}

}  // namespace imcc
