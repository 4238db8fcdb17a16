// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "numerics/int8_kernels.h"
#include "program/program.h"

/// In: an ELF file and nothing else. Out: the bits the device would produce, and the cycles.
namespace imcc {

struct FunctionalOptions {
  KernelSet kernels = BestKernelSet();
  /// Shadow memory: reads of unwritten bytes, out-of-range accesses, unordered conflicts.
  bool check = false;
  /// Execute ready tasks in a random legal order drawn from this seed instead of list order.
  std::optional<uint64_t> random_order;
};

/// A device with one program loaded. Memory keeps its contents from frame to frame.
class Simulator {
 public:
  static Result<Simulator> Load(const std::string& elf_bytes);
  Simulator(Simulator&&) noexcept;
  Simulator& operator=(Simulator&&) noexcept;
  ~Simulator();

  const Program& program() const;

  /// One frame. Inputs and outputs are dense int8 in stored order ([H][W][C] without padding), in
  /// the program's order. A checker finding is an error of code kSimulation naming the task.
  Result<std::vector<std::vector<int8_t>>> RunFrame(const std::vector<std::vector<int8_t>>& inputs,
                                                    const FunctionalOptions& options = {});

 private:
  struct Impl;
  explicit Simulator(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Why an engine was not busy.
struct StallCycles {
  Cycles waiting;   // Head of the queue waits for a semaphore.
  Cycles fetching;  // Descriptor not yet fetched.
  Cycles empty;     // No task left.
};

struct EngineTiming {
  Cycles busy;
  StallCycles stall;
  int64_t tasks = 0;
};

/// A shared or per-core connection.
struct LinkTraffic {
  std::string name;  // "ddr", "l2", "core0.weights", "core0.activations", "host"
  Bytes bytes;
  Cycles busy;
};

struct LayerTiming {
  Cycles cycles;  // Share of the frame: completion of this layer minus that of all before it.
  Mvms mvms;
  Bytes ddr_bytes;
  Bytes l2_bytes;
  std::array<Cycles, kEngines> busy = {};
};

/// One executed task, for traces.
struct TaskSpan {
  int32_t core = 0;
  int32_t index = 0;  // In the core's list.
  Cycles start, end;
};

struct TimingOptions {
  bool trace = false;
};

/// Timing of one steady-state frame (weights already where the ELF puts them).
struct FrameTiming {
  Cycles cycles;  // From first fetch to last completion.
  double launch_seconds = 0;
  double frame_seconds = 0;    // launch + cycles; host transfers overlap when double-buffered.
  double latency_seconds = 0;  // Host in + launch + cycles + host out.
  double frames_per_second = 0;
  int64_t launches = 1;
  Bytes reload_bytes;         // DDR to L1 and L2 between programs; see join_timings.h.
  double reload_seconds = 0;  // In frame_seconds.
  std::vector<std::array<EngineTiming, kEngines>> engines;  // Per core.
  std::vector<LinkTraffic> links;
  std::vector<LayerTiming> layers;
  std::vector<TaskSpan> trace;
};

/// Event-driven timing of one frame; links are shared max-min fairly. Reads no memory contents.
Result<FrameTiming> SimulateTiming(const Program& program, const TimingOptions& options = {});

}  // namespace imcc
