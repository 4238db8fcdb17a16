// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "config/option_fields.h"

#include <algorithm>

namespace imcc {
namespace {

using O = CompilationOptions;

constexpr double kMaxBytes = 1099511627776.0;  // 1 TiB: beyond any target.

/// The options of DESIGN 1 in its order, then the further ones.
std::vector<OptionField> MainOptions() {
  return {
      {{"elf_in_ddr", "backend_config.elf_in_ddr", "bool", "true or false",
        "task lists live in DDR, all of L2 is left for data; false: they live in L2, which is "
        "faster to fetch from"},
       &O::elf_in_ddr},
      {{"enable_icr", "backend_config.in_core_replication", "bool", "true or false",
        "replicate weights inside the array so that one MVM computes several pixels"},
       &O::enable_icr},
      {{"l2_reserved_nbytes_tasklist", "backend_config.l2_reserved_nbytes_tasklist", "bytes",
        "0 or more; 0 if elf_in_ddr is true",
        "L2 bytes reserved per core for the task list; 1048576 is a good value"},
       &O::l2_reserved_nbytes_tasklist,
       0,
       kMaxBytes},
      {{"page_memory", "backend_config.page_memory", "bool", "true or false",
        "place buffers in L2 and DDR page by page instead of whole"},
       &O::page_memory},
      {{"tiling_depth", "backend_config.tiling_depth", "uint", "1 to 64",
        "compute up to this many consecutive operators tile by tile; 1 is off, 6 is recommended "
        "when on"},
       &O::tiling_depth,
       1,
       64},
      {{"quantization_scheme", "quantization_config.ptq_scheme", "enum",
        "per_tensor_histogram, per_tensor_min_max or hybrid_per_tensor_per_channel",
        "how the ranges of activations are found during calibration: from a histogram of all "
        "values, "
        "leaving out the few that cost the others too much; from the smallest to the largest "
        "value; "
        "or by histogram, with a scale a channel for inputs of depthwise convolutions"},
       &O::quantization_scheme},
      {{"bias_correction", "quantization_config.bias_correction", "bool", "true or false",
        "change the bias of each output channel so that rounding its weights leaves its mean over "
        "the calibration samples as it was"},
       &O::bias_correction},
      {{"adaround", "quantization_config.adaround", "bool", "true or false",
        "round every weight up or down so that the outputs of its layer on the calibration samples "
        "change least, not to the nearest integer"},
       &O::adaround},
      {{"cross_layer_equalization", "quantization_config.cross_layer_equalization", "bool",
        "true or false",
        "scale channels between two convolutions up or down, and the weights on both sides to "
        "match, so that channels use int8 alike"},
       &O::cross_layer_equalization},
      {{"unified_concat_scales", "quantization_config.unified_concat_scales", "bool",
        "true or false",
        "inputs of a Concat that nothing else reads take the scale of its output at once, which "
        "spares them a second rounding"},
       &O::unified_concat_scales},
  };
}

std::vector<OptionField> MachineOptions() {
  return {
      {{"aipu_cores_used", "backend_config.aipu_cores_used", "uint", "1 to 4",
        "cores that the network may use"},
       &O::aipu_cores_used,
       1,
       4},
      {{"multicore_mode", "backend_config.multicore_mode", "enum",
        "batch, multiprocess, cooperative or pipeline",
        "what several cores do: one image each in lock-step, independent processes, one image "
        "together, or a pipeline of layers"},
       &O::multicore_mode},
      {{"resources_used", "backend_config.resources_used", "float", "0.25, 0.5, 0.75 or 1",
        "fraction of L2 and DDR that the network may use"},
       &O::resources_used,
       0.25,
       1,
       0.25},
      {{"l1_constraint", "backend_config.l1_constraint", "bytes", "1 or more; null is no limit",
        "use at most this much of each core's L1"},
       &O::l1_constraint,
       1,
       kMaxBytes},
      {{"l2_constraint", "backend_config.l2_constraint", "bytes", "1 or more; null is no limit",
        "use at most this much of L2"},
       &O::l2_constraint,
       1,
       kMaxBytes},
      {{"ddr_constraint", "backend_config.ddr_constraint", "bytes", "1 or more; null is no limit",
        "use at most this much of DDR"},
       &O::ddr_constraint,
       1,
       kMaxBytes},
  };
}

std::vector<OptionField> ScheduleOptions() {
  return {
      {{"icrx_max_factor", "backend_config.icrx_max_factor", "uint", "2 to 8",
        "largest replication factor along X"},
       &O::icrx_max_factor,
       2,
       8},
      {{"icrx_force", "backend_config.icrx_force", "int", "-1 (automatic) or 1 to 8",
        "use this replication factor wherever it is possible"},
       &O::icrx_force,
       -1,
       8},
      {{"enable_swicr", "backend_config.enable_swicr", "bool", "true or false",
        "store the input of convolutions without padding of its channels, so that kernel rows fill "
        "whole pwords"},
       &O::enable_swicr},
      {{"mvm_utilization_limit", "backend_config.mvm_utilization_limit", "float", "0.125 to 1",
        "largest share of the array that may compute at once, against power peaks"},
       &O::mvm_utilization_limit,
       0.125,
       1},
      {{"double_buffer", "backend_config.double_buffer", "bool", "true or false",
        "move one tile of activations while another is computed"},
       &O::double_buffer},
      {{"imc_double_buffer", "backend_config.imc_double_buffer", "bool", "true or false",
        "load one weight set while another computes"},
       &O::imc_double_buffer},
      {{"dma_dual_channel", "backend_config.dma_dual_channel", "bool", "true or false",
        "use both channels of each core's DMA to load weights"},
       &O::dma_dual_channel},
      {{"force_h_tiling", "backend_config.force_h_tiling", "bool", "true or false",
        "cut tiles along the height even where a whole layer fits"},
       &O::force_h_tiling},
      {{"dfs_search_constraint", "backend_config.dfs_search_constraint", "uint",
        "1 to 1000000; null is no limit", "largest number of depth-first groupings to try"},
       &O::dfs_search_constraint,
       1,
       1e6},
      {{"remove_io_quantization", "quantization_config.remove_io_quantization", "bool",
        "true or false", "frames go in and out as int8; the caller quantises and dequantises"},
       &O::remove_io_quantization},
  };
}

std::vector<OptionField> AllOptions() {
  std::vector<OptionField> fields = MainOptions();
  for (OptionField& field : MachineOptions()) fields.push_back(field);
  for (OptionField& field : ScheduleOptions()) fields.push_back(field);
  return fields;
}

}  // namespace

const std::vector<OptionField>& OptionFields() {
  static const std::vector<OptionField> fields = AllOptions();
  return fields;
}

const OptionField* FindOption(std::string_view flat_name) {
  const auto& fields = OptionFields();
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const OptionField& field) {
    return field.info.flat == flat_name;
  });
  return found == fields.end() ? nullptr : &*found;
}

const std::vector<OptionInfo>& OptionTable() {
  static const std::vector<OptionInfo> table = [] {
    std::vector<OptionInfo> rows;
    for (const OptionField& field : OptionFields()) rows.push_back(field.info);
    return rows;
  }();
  return table;
}

const std::vector<EnumName<QuantizationScheme>>& NamesOf(QuantizationScheme) {
  static const std::vector<EnumName<QuantizationScheme>> names = {
      {QuantizationScheme::kPerTensorHistogram, "per_tensor_histogram"},
      {QuantizationScheme::kPerTensorMinMax, "per_tensor_min_max"},
      {QuantizationScheme::kHybridPerTensorPerChannel, "hybrid_per_tensor_per_channel"}};
  return names;
}

const std::vector<EnumName<MulticoreMode>>& NamesOf(MulticoreMode) {
  static const std::vector<EnumName<MulticoreMode>> names = {
      {MulticoreMode::kBatch, "batch"},
      {MulticoreMode::kMultiprocess, "multiprocess"},
      {MulticoreMode::kCooperative, "cooperative"},
      {MulticoreMode::kPipeline, "pipeline"}};
  return names;
}

}  // namespace imcc
