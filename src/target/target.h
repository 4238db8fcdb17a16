// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/units.h"

/// In: a target YAML file. Out: a Target, every hardware fact imcc uses. Promise: no other folder
/// contains a number of the chip.
namespace imcc {

/// Where a figure comes from; every value of a target file names its origin.
enum class Origin { kPublished, kMeasured, kEstimated };

struct ImcArray {
  int64_t rows = 0;           // Input vector length.
  int64_t columns = 0;        // Outputs.
  int64_t bank_columns = 0;   // Columns per independently gated bank.
  Cycles mvm_interval;        // Cycles between two matrix-vector multiplies.
  int64_t weight_sets = 0;    // Resident weight matrices.
  int64_t max_row_tiles = 0;  // Partial sums accumulated without write-back.
  Bytes accumulator;          // int32 accumulator memory of one of its two banks.

  Bytes set_bytes() const { return Bytes(rows * columns); }
};

/// A software-managed memory.
struct MemoryLevel {
  Bytes size;
  Bytes reserved;
  Bytes usable() const { return size - reserved; }
};

/// Rates are bytes per core clock cycle.
struct Bandwidths {
  double weights_dual_channel = 0;  // L2 or L1 -> weight set, per core.
  double weights_single_channel = 0;
  double activations = 0;    // L2 <-> L1 and within L1, per core.
  int64_t shortest_run = 0;  // Bytes; a shorter run of a copy takes as long as this.
  double ddr = 0;            // Shared by the cores.
  double l2 = 0;             // Shared by the cores.
  double host = 0;           // Host link.
};

struct TaskFetch {
  Cycles latency_ddr;
  Cycles latency_l2;
  int64_t window = 0;   // Descriptors fetched ahead, per core.
  Cycles task_startup;  // Fixed cycles an engine spends to start a descriptor.
};

/// A named machine.
struct Target {
  std::string name;
  std::string path;  // Of its file; empty for a text from elsewhere.
  int64_t cores = 0;
  double clock_hz = 0;
  int64_t pword = 0;  // Channel granularity in bytes.
  ImcArray array;
  int64_t vector_lanes = 0;        // Elements per cycle of the vector unit (DPU).
  int64_t depthwise_macs = 0;      // MAC per cycle of the depthwise/pool/resize unit (DWPU).
  int64_t depthwise_max_taps = 0;  // Largest sliding window it takes.
  MemoryLevel l1;                  // Per core.
  MemoryLevel l2;
  MemoryLevel ddr;
  Bandwidths bandwidth;
  TaskFetch fetch;
  double launch_seconds = 0;  // Fixed cost of starting one inference on one core.
  double mac_joules = 0;      // Energy of one MAC in the array.
  std::string yaml;           // The file's own text: embedded in ELFs, hashed for the note.

  double Seconds(Cycles cycles) const { return static_cast<double>(cycles.count()) / clock_hz; }
};

/// One row of `imcc targets NAME`: key, value as written, origin, comment.
struct TargetFact {
  std::string key;
  std::string value;
  Origin origin;
  std::string source;
};

/// Parse and validate target YAML text; `file` names it in errors.
Result<Target> ParseTarget(const std::string& text, const std::string& file);

/// The same of the text inside an ELF; an error is of kind kFormat.
Result<Target> ParseEmbeddedTarget(const std::string& text);
Result<std::vector<TargetFact>> TargetFacts(const Target& target);

/// `name_or_path`: a path, or a name looked up as DIR/NAME.yaml in the target directories.
Result<Target> LoadTarget(const std::string& name_or_path);

/// Names found in the target directories: $IMCC_TARGETS, the source tree, the install prefix.
std::vector<std::string> ListTargets();

}  // namespace imcc
