// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/units.h"

namespace imcc {

enum class QuantizationScheme {
  kPerTensorHistogram,
  kPerTensorMinMax,
  kHybridPerTensorPerChannel,
};
enum class MulticoreMode { kBatch, kMultiprocess, kCooperative, kPipeline };

/// Every compilation option (DESIGN 1). All but `quantization_scheme` and the accuracy aids are
/// schedule options: they never change an output bit.
struct CompilationOptions {
  bool elf_in_ddr = true;
  bool enable_icr = true;
  Bytes l2_reserved_nbytes_tasklist;  // Per core.
  bool page_memory = true;
  int64_t tiling_depth = 1;
  QuantizationScheme quantization_scheme = QuantizationScheme::kPerTensorHistogram;
  bool bias_correction = true;
  bool adaround = false;
  bool cross_layer_equalization = false;
  bool unified_concat_scales = false;

  int64_t aipu_cores_used = 1;
  MulticoreMode multicore_mode = MulticoreMode::kBatch;
  double resources_used = 1.0;  // Fraction of L2 and DDR, multiple of 0.25.
  std::optional<Bytes> l1_constraint;
  std::optional<Bytes> l2_constraint;
  std::optional<Bytes> ddr_constraint;
  int64_t icrx_max_factor = 8;
  int64_t icrx_force = -1;  // -1 = automatic.
  bool enable_swicr = true;
  double mvm_utilization_limit = 1.0;
  bool double_buffer = true;      // Activation tiles and host frames.
  bool imc_double_buffer = true;  // Load one weight set while another computes.
  bool dma_dual_channel = true;
  bool force_h_tiling = false;
  std::optional<int64_t> dfs_search_constraint;
  bool remove_io_quantization = false;
};

/// One documented option: its YAML spellings, type, default and range as text. One row per field;
/// the parser, the writer, --help and the documentation all read this table.
struct OptionInfo {
  std::string_view flat;    // "enable_icr"
  std::string_view nested;  // "backend_config.in_core_replication"; empty if there is none.
  std::string_view type;    // "bool", "uint", "bytes", "float", "enum"
  std::string_view range;   // Human-readable valid values.
  std::string_view help;    // One line.
};
const std::vector<OptionInfo>& OptionTable();

/// Sets one option from its text (a YAML scalar or a --set key=value flag).
Status SetOption(CompilationOptions& options, std::string_view flat_name, std::string_view value);

/// The effective value as YAML/JSON scalar text, e.g. "true", "0.25", "per_tensor_histogram".
std::string OptionValue(const CompilationOptions& options, std::string_view flat_name);

/// Rules between options (elf_in_ddr against the reservation, ...).
Status CheckOptions(const CompilationOptions& options);

/// One note for each option set away from "off" whose stage is not deep yet.
std::vector<Note> ShallowOptionNotes(const CompilationOptions& options);

}  // namespace imcc
