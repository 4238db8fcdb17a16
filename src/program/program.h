// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "ir/shape.h"
#include "isa/task.h"

/// In: scheduled tasks and constants. Out: an ELF64 file, and back.
namespace imcc {

/// Constant bytes loaded before the first frame.
struct Segment {
  std::string name;  // Section name: ".weights", ".tables", ...
  Address address;   // L1 segments are loaded into every core that runs tasks.
  std::vector<uint8_t> bytes;
};

/// A named piece of memory, for .symtab, the disassembler and the memory map.
struct Symbol {
  std::string name;
  Address address;
  uint64_t size = 0;
};

/// One network input or output as the host must lay it out.
struct IoTensor {
  std::string name;
  Shape shape;                 // Stored order, [1,H,W,C] for feature maps.
  bool channels_last = false;  // The model calls it [N,C,H,W].
  Address address;
  int64_t height = 1, width = 1, channels = 1;
  int64_t row_stride = 0;    // Bytes.
  int64_t pixel_stride = 0;  // Bytes; channels beyond `channels` are padding.
  std::vector<float> scale;  // One, or one per channel.
  std::vector<int32_t> zero_point;
  int64_t bytes() const { return height * row_stride; }
};

/// Name and figures of one layer, indexed by Task::layer.
struct ProgramLayer {
  std::string name;
  std::string op;
};

/// A block of one memory that is taken while some layers run (half-open).
struct MemoryBlock {
  std::string name;  // Tensor, weights or tables; several blocks of one thing share it.
  Address address;
  Bytes size;
  Interval<int64_t> layers;
};

/// What was planned for the memories, to be shown: the simulator does not need it.
struct MemoryBlocks {
  Bytes l1, l2, ddr;  // Budgets, after reservations and constraints.
  std::vector<MemoryBlock> blocks;

  Bytes Budget(Region region) const {
    return region == Region::kL1 ? l1 : region == Region::kL2 ? l2 : ddr;
  }
};

/// Everything an ELF carries.
struct Program {
  std::string network;
  std::vector<std::vector<Task>> cores;  // Task list of each core, in fetch order.
  bool tasks_in_ddr = true;              // Else in the L2 reservation.
  std::vector<Address> task_lists;       // Where each core's list is loaded.
  std::vector<Segment> segments;
  std::vector<Symbol> symbols;
  std::vector<IoTensor> inputs;
  std::vector<IoTensor> outputs;
  std::vector<ProgramLayer> layers;
  MemoryBlocks memory;
  bool dma_dual_channel = true;
  std::string options_json;  // Effective options.
  std::string target_yaml;   // The machine it was compiled for.
};

/// ELF64 little-endian ET_EXEC, private e_machine, PT_LOAD per segment (p_paddr = device address:
/// offset in bits 0-35, region in bits 36-39), sections .tasks.coreN, .weights..., .symtab, and a
/// note "imcc" with network, I/O, layers, options and target as JSON. Same program, same bytes.
Result<std::string> WriteElf(const Program& program);

/// What every ELF file starts with.
inline constexpr std::string_view kElfMagic = "\177ELF";

/// Accepts hostile bytes: every offset, size and descriptor is checked against the file.
Result<Program> ReadElf(const std::string& bytes);

/// Assembly listing of a program: one line per task, with symbols.
std::string DisassembleProgram(const Program& program);

/// The judge: every wait is satisfiable by tasks earlier in the lists, semaphore values in range,
/// addresses inside the target's memories, segments disjoint and never written.
Status Verify(const Program& program);

}  // namespace imcc
