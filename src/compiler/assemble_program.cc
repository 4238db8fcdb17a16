// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/assemble_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mapping/budget.h"

namespace imcc {

namespace {

constexpr int64_t kTaskListAlignment = 64;

/// A constant and where it goes.
struct Piece {
  Address address;
  std::vector<uint8_t> bytes;
};

std::string SectionName(Region region) {
  return region == Region::kL1 ? ".const.l1" : region == Region::kL2 ? ".const.l2" : ".const.ddr";
}

/// Joins pieces that lie next to each other (up to alignment gaps) into few loadable segments.
std::vector<Segment> JoinPieces(std::vector<Piece> pieces) {
  std::sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) {
    return std::pair(a.address.region, a.address.offset) <
           std::pair(b.address.region, b.address.offset);
  });
  constexpr uint64_t kMaxGap = kTaskListAlignment - 1;  // Less than any other allocation between.
  std::vector<Segment> segments;
  for (const Piece& piece : pieces) {
    const bool joins = !segments.empty() &&
                       segments.back().address.region == piece.address.region &&
                       segments.back().address.offset + segments.back().bytes.size() + kMaxGap >=
                           piece.address.offset;
    if (!joins) segments.push_back({.address = piece.address, .bytes = {}});
    Segment& segment = segments.back();
    segment.bytes.resize(piece.address.offset - segment.address.offset);
    segment.bytes.insert(segment.bytes.end(), piece.bytes.begin(), piece.bytes.end());
  }
  for (size_t i = 0; i < segments.size(); ++i) {
    segments[i].name = SectionName(segments[i].address.region);
    if (i > 0) segments[i].name += fmt::format(".{}", i);
  }
  return segments;
}

std::vector<Segment> MakeSegments(const MappedNetwork& network, const MemoryPlan& memory) {
  std::vector<Piece> pieces;
  for (size_t i = 0; i < network.buffers.size(); ++i)
    if (network.buffers[i].is_constant)
      pieces.push_back({memory.buffers[i], network.buffers[i].constant});
  for (size_t k = 0; k < network.kernels.size(); ++k) {
    const Kernel& kernel = network.kernels[k];
    if (!kernel.constants.empty()) pieces.push_back({memory.constants[k], kernel.constants});
    for (size_t t = 0; t < memory.weights[k].size(); ++t) {
      const WeightTile& tile = kernel.imc()->tiles[t];
      const auto first = kernel.imc()->weights.begin() + tile.offset.count();
      pieces.push_back({memory.weights[k][t], {first, first + tile.size.count()}});
    }
  }
  return JoinPieces(std::move(pieces));
}

/// One symbol for the weights in each memory; the tiles there lie one after the other.
void AddWeightSymbols(const Kernel& kernel, const std::vector<Address>& tiles,
                      std::vector<Symbol>& symbols) {
  const std::pair<Region, const char*> homes[] = {
      {Region::kL2, ".weights"}, {Region::kDdr, ".weights.ddr"}, {Region::kL1, ".weights.l1"}};
  for (const auto& [region, suffix] : homes) {
    Symbol symbol{kernel.name + suffix, {}, 0};
    for (size_t t = 0; t < tiles.size(); ++t) {
      if (tiles[t].region != region) continue;
      if (symbol.size == 0) symbol.address = tiles[t];
      symbol.size += static_cast<uint64_t>(kernel.imc()->tiles[t].size.count());
    }
    if (symbol.size > 0) symbols.push_back(std::move(symbol));
  }
}

/// One symbol for each piece of a paged tensor: "name[first row:behind the last]".
void AddRowSymbols(const Buffer& buffer, const PagedBuffer& paged, std::vector<Symbol>& symbols) {
  const auto add = [&](Interval<int64_t> rows, Address address) {
    symbols.push_back({fmt::format("{}[{}:{}]", buffer.name, rows.begin, rows.end), address,
                       static_cast<uint64_t>((rows.end - rows.begin) * paged.row_stride)});
  };
  for (const RowsInL2& piece : paged.l2) add(piece.rows, piece.address);
  for (const Interval<int64_t>& rows : paged.ddr) add(rows, paged.InDdr(rows.begin));
}

std::vector<Symbol> MakeSymbols(const MappedNetwork& network, const MemoryPlan& memory) {
  std::vector<Symbol> symbols;
  for (size_t i = 0; i < network.buffers.size(); ++i) {
    const Buffer& buffer = network.buffers[i];
    if (memory.paged[i].empty())
      symbols.push_back(
          {buffer.name, memory.buffers[i], static_cast<uint64_t>(buffer.bytes().count())});
    else
      AddRowSymbols(buffer, memory.paged[i], symbols);
  }
  for (size_t k = 0; k < network.kernels.size(); ++k) {
    const Kernel& kernel = network.kernels[k];
    AddWeightSymbols(kernel, memory.weights[k], symbols);
    if (!kernel.constants.empty())
      symbols.push_back({kernel.name + ".constants", memory.constants[k],
                         static_cast<uint64_t>(kernel.constants.size())});
  }
  return symbols;
}

IoTensor MakeIo(const QuantizedGraph& graph, const MappedNetwork& network, const MemoryPlan& memory,
                QTensorId id) {
  const QTensor& tensor = graph.tensor(id);
  const BufferId buffer = network.buffer_of_tensor[id.index()];
  const FeatureMap map = AsFeatureMap(tensor.shape);
  IoTensor io;
  io.name = tensor.name;
  io.shape = tensor.shape;
  io.channels_last = tensor.layout == Layout::kChannelsLast;
  io.address = memory.buffers[buffer.index()];
  io.height = map.height;
  io.width = map.width;
  io.channels = map.channels;
  io.pixel_stride = network.buffer(buffer).pixel_stride;
  io.row_stride = map.width * io.pixel_stride;
  io.scale = tensor.quantization.scale;
  io.zero_point = tensor.quantization.zero_point;
  return io;
}

/// What the plan takes of each memory, for `imcc inspect --memory`.
MemoryBlocks BlocksOf(const MemoryPlan& memory) {
  MemoryBlocks result{
      .l1 = memory.budget.l1, .l2 = memory.budget.l2, .ddr = memory.budget.ddr, .blocks = {}};
  for (const Allocation& allocation : memory.allocations)
    result.blocks.push_back(
        {.name = allocation.name,
         .address = {allocation.region, static_cast<uint64_t>(allocation.offset.count())},
         .size = allocation.size,
         .layers = allocation.life});
  return result;
}

std::string OptionsJson(const CompilationOptions& options) {
  nlohmann::json json;
  for (const OptionInfo& info : OptionTable())
    json[std::string(info.flat)] = OptionValue(options, info.flat);
  return json.dump();
}

Result<Address> PlaceTaskList(const MemoryPlan& memory, const Schedule& schedule,
                              const Target& target, const CompilationOptions& options) {
  const Bytes size(static_cast<int64_t>(schedule.tasks.size() * kTaskBytes));
  if (options.elf_in_ddr) {
    const int64_t offset = RoundUp(memory.Peak(Region::kDdr).count(), kTaskListAlignment);
    if (Bytes(offset) + size <= memory.budget.ddr)
      return Address{Region::kDdr, static_cast<uint64_t>(offset)};
    return Error{.code = ErrorCode::kCapacity,
                 .subject = "task list",
                 .message = fmt::format("needs {} bytes of DDR behind {} bytes of data, and {} are "
                                        "available",
                                        size.count(), offset, memory.budget.ddr.count()),
                 .hint = HowToGet(Region::kDdr, Bytes(offset) + size, target, options)};
  }
  if (size > memory.budget.l2_task_lists)
    return Error{
        .code = ErrorCode::kCapacity,
        .subject = "l2_reserved_nbytes_tasklist",
        .message = fmt::format("the task list needs {} bytes per core, and {} are reserved",
                               size.count(), memory.budget.l2_task_lists.count()),
        .hint = fmt::format("set l2_reserved_nbytes_tasklist: {} or more, or elf_in_ddr: "
                            "true",
                            RoundUp(size.count(), kTaskListAlignment))};
  const Bytes start = target.l2.usable() - memory.budget.l2_task_lists;
  return Address{Region::kL2, static_cast<uint64_t>(start.count())};
}

}  // namespace

Result<Program> AssembleProgram(const QuantizedGraph& graph, const MappedNetwork& network,
                                const MemoryPlan& memory, const Schedule& schedule,
                                const Target& target, const CompilationOptions& options) {
  Program program;
  program.network = graph.name;
  program.cores = {schedule.tasks};
  program.tasks_in_ddr = options.elf_in_ddr;
  IMCC_ASSIGN(const Address list, PlaceTaskList(memory, schedule, target, options));
  program.task_lists = {list};
  program.segments = MakeSegments(network, memory);
  program.symbols = MakeSymbols(network, memory);
  for (const QTensorId id : graph.inputs)
    program.inputs.push_back(MakeIo(graph, network, memory, id));
  for (const QTensorId id : graph.outputs)
    program.outputs.push_back(MakeIo(graph, network, memory, id));
  for (const Kernel& kernel : network.kernels)
    program.layers.push_back({.name = kernel.name, .op = kernel.op});
  program.memory = BlocksOf(memory);
  program.dma_dual_channel = options.dma_dual_channel;
  program.options_json = OptionsJson(options);
  program.target_yaml = target.yaml;
  return program;
}

}  // namespace imcc
