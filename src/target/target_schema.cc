// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "target/target_schema.h"

namespace imcc {
namespace {

// What a file says bounds what imcc spends: a target may come inside somebody else's ELF.
constexpr double kMaxCount = 65536;
constexpr double kMaxCores = 256;            // Task sections in an ELF.
constexpr double kMaxSide = 8192;            // Of the array.
constexpr double kMaxBytes = 68719476736.0;  // 64 GiB: descriptors hold 36 bits (docs/isa.md).
constexpr double kMinRate = 1e-3;            // Bytes a cycle.
constexpr double kMaxRate = 1e6;
constexpr double kMaxCycles = 1e6;
constexpr double kMinSeconds = 1e-9;
constexpr double kMaxSeconds = 10;
constexpr double kMinHertz = 1e6;
constexpr double kMaxHertz = 1e11;
constexpr double kMinJoules = 1e-18;
constexpr double kMaxJoules = 1e-6;

int64_t Whole(double value) { return static_cast<int64_t>(value); }

FigureRule Count(std::string_view section, std::string_view key, std::string_view unit,
                 void (*store)(Target&, double), double limit = kMaxCount) {
  return {section, key, Dimension::kCount, unit, false, 1, limit, store};
}

FigureRule Memory(std::string_view section, std::string_view key, bool may_be_zero,
                  void (*store)(Target&, double)) {
  return {section, key, Dimension::kBytes, "", may_be_zero, 1, kMaxBytes, store};
}

FigureRule Rate(std::string_view key, void (*store)(Target&, double)) {
  return {"bandwidth", key, Dimension::kRate, "", false, kMinRate, kMaxRate, store};
}

FigureRule Duration(std::string_view section, std::string_view key, bool may_be_zero,
                    void (*store)(Target&, double)) {
  return {section, key, Dimension::kCycles, "", may_be_zero, 0, kMaxCycles, store};
}

std::vector<FigureRule> BuildSchema() {
  using T = Target;
  return {
      {"machine", "clock", Dimension::kFrequency, "", false, kMinHertz, kMaxHertz,
       [](T& t, double v) { t.clock_hz = v; }},
      Count(
          "machine", "cores", "cores", [](T& t, double v) { t.cores = Whole(v); }, kMaxCores),
      Memory("machine", "pword", false, [](T& t, double v) { t.pword = Whole(v); }),
      {"machine", "launch", Dimension::kSeconds, "", true, kMinSeconds, kMaxSeconds,
       [](T& t, double v) { t.launch_seconds = v; }},
      {"machine", "mac_energy", Dimension::kEnergy, "", false, kMinJoules, kMaxJoules,
       [](T& t, double v) { t.mac_joules = v; }},
      Count(
          "array", "rows", "rows", [](T& t, double v) { t.array.rows = Whole(v); }, kMaxSide),
      Count(
          "array", "columns", "columns", [](T& t, double v) { t.array.columns = Whole(v); },
          kMaxSide),
      Count("array", "bank_columns", "columns",
            [](T& t, double v) { t.array.bank_columns = Whole(v); }),
      Duration("array", "mvm_interval", false,
               [](T& t, double v) { t.array.mvm_interval = Cycles(Whole(v)); }),
      Count("array", "weight_sets", "sets", [](T& t, double v) { t.array.weight_sets = Whole(v); }),
      Count("array", "max_row_tiles", "tiles",
            [](T& t, double v) { t.array.max_row_tiles = Whole(v); }),
      Memory("array", "accumulator", false,
             [](T& t, double v) { t.array.accumulator = Bytes(Whole(v)); }),
      Count("engines", "vector_lanes", "elements/cycle",
            [](T& t, double v) { t.vector_lanes = Whole(v); }),
      Count("engines", "depthwise_macs", "MAC/cycle",
            [](T& t, double v) { t.depthwise_macs = Whole(v); }),
      Count("engines", "depthwise_max_taps", "taps",
            [](T& t, double v) { t.depthwise_max_taps = Whole(v); }),
      Memory("memory", "l1_size", false, [](T& t, double v) { t.l1.size = Bytes(Whole(v)); }),
      Memory("memory", "l1_reserved", true,
             [](T& t, double v) { t.l1.reserved = Bytes(Whole(v)); }),
      Memory("memory", "l2_size", false, [](T& t, double v) { t.l2.size = Bytes(Whole(v)); }),
      Memory("memory", "l2_reserved", true,
             [](T& t, double v) { t.l2.reserved = Bytes(Whole(v)); }),
      Memory("memory", "ddr_size", false, [](T& t, double v) { t.ddr.size = Bytes(Whole(v)); }),
      Memory("memory", "ddr_reserved", true,
             [](T& t, double v) { t.ddr.reserved = Bytes(Whole(v)); }),
      Rate("weights_dual_channel", [](T& t, double v) { t.bandwidth.weights_dual_channel = v; }),
      Rate("weights_single_channel",
           [](T& t, double v) { t.bandwidth.weights_single_channel = v; }),
      Rate("activations", [](T& t, double v) { t.bandwidth.activations = v; }),
      Memory("bandwidth", "shortest_run", false,
             [](T& t, double v) { t.bandwidth.shortest_run = Whole(v); }),
      Rate("ddr", [](T& t, double v) { t.bandwidth.ddr = v; }),
      Rate("l2", [](T& t, double v) { t.bandwidth.l2 = v; }),
      Rate("host", [](T& t, double v) { t.bandwidth.host = v; }),
      Duration("fetch", "latency_ddr", true,
               [](T& t, double v) { t.fetch.latency_ddr = Cycles(Whole(v)); }),
      Duration("fetch", "latency_l2", true,
               [](T& t, double v) { t.fetch.latency_l2 = Cycles(Whole(v)); }),
      Count("fetch", "window", "descriptors", [](T& t, double v) { t.fetch.window = Whole(v); }),
      Duration("fetch", "task_startup", true,
               [](T& t, double v) { t.fetch.task_startup = Cycles(Whole(v)); }),
  };
}

}  // namespace

const std::vector<FigureRule>& TargetSchema() {
  static const std::vector<FigureRule> schema = BuildSchema();
  return schema;
}

std::vector<UnitFactor> UnitsOf(const FigureRule& rule) {
  switch (rule.dimension) {
    case Dimension::kCount:
      return {{rule.count_unit, 1}};
    case Dimension::kBytes:
      return {{"B", 1}, {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}};
    case Dimension::kRate:
      return {{"B/cycle", 1}, {"MB/s", 1e6, true}, {"GB/s", 1e9, true}};
    case Dimension::kCycles:
      return {{"cycles", 1}, {"ns", 1e-9, true}, {"us", 1e-6, true}};
    case Dimension::kSeconds:
      return {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}};
    case Dimension::kFrequency:
      return {{"MHz", 1e6}, {"GHz", 1e9}};
    case Dimension::kEnergy:
      return {{"fJ", 1e-15}, {"pJ", 1e-12}};
  }
  return {};
}

}  // namespace imcc
