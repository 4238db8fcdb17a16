// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "config/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace imcc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Options, DefaultsAreTheDocumentedOnes) {
  const CompilationOptions options;
  EXPECT_EQ(OptionValue(options, "elf_in_ddr"), "true");
  EXPECT_EQ(OptionValue(options, "enable_icr"), "true");
  EXPECT_EQ(OptionValue(options, "l2_reserved_nbytes_tasklist"), "0");
  EXPECT_EQ(OptionValue(options, "page_memory"), "true");
  EXPECT_EQ(OptionValue(options, "tiling_depth"), "1");
  EXPECT_EQ(OptionValue(options, "quantization_scheme"), "per_tensor_histogram");
  EXPECT_EQ(OptionValue(options, "bias_correction"), "true");
  EXPECT_EQ(OptionValue(options, "adaround"), "false");
  EXPECT_EQ(OptionValue(options, "cross_layer_equalization"), "false");
  EXPECT_EQ(OptionValue(options, "unified_concat_scales"), "false");
  EXPECT_EQ(OptionValue(options, "aipu_cores_used"), "1");
  EXPECT_EQ(OptionValue(options, "resources_used"), "1");
  EXPECT_EQ(OptionValue(options, "l1_constraint"), "null");
  EXPECT_TRUE(CheckOptions(options).ok());
}

TEST(Options, EveryRowRoundTripsAndIsDistinct) {
  std::set<std::string_view> flat;
  std::set<std::string_view> nested;
  for (const OptionInfo& row : OptionTable()) {
    EXPECT_TRUE(flat.insert(row.flat).second) << row.flat;
    EXPECT_TRUE(nested.insert(row.nested).second) << row.nested;
    EXPECT_FALSE(row.help.empty() || row.range.empty()) << row.flat;
    CompilationOptions options;
    const std::string value = OptionValue(options, row.flat);
    ASSERT_TRUE(SetOption(options, row.flat, value).ok()) << row.flat << "=" << value;
    EXPECT_EQ(OptionValue(options, row.flat), value);
  }
  EXPECT_EQ(flat.size(), 26U);
}

TEST(Options, SetsEachType) {
  CompilationOptions options;
  ASSERT_TRUE(SetOption(options, "page_memory", "False").ok());
  ASSERT_TRUE(SetOption(options, "tiling_depth", "6").ok());
  ASSERT_TRUE(SetOption(options, "l2_constraint", "4096").ok());
  ASSERT_TRUE(SetOption(options, "resources_used", "0.75").ok());
  ASSERT_TRUE(SetOption(options, "multicore_mode", "pipeline").ok());
  ASSERT_TRUE(SetOption(options, "dfs_search_constraint", "10").ok());
  EXPECT_FALSE(options.page_memory);
  EXPECT_EQ(options.tiling_depth, 6);
  EXPECT_EQ(options.l2_constraint, Bytes(4096));
  EXPECT_EQ(options.resources_used, 0.75);
  EXPECT_EQ(options.multicore_mode, MulticoreMode::kPipeline);
  EXPECT_EQ(OptionValue(options, "dfs_search_constraint"), "10");
  ASSERT_TRUE(SetOption(options, "l2_constraint", "null").ok());
  EXPECT_EQ(options.l2_constraint, std::nullopt);
}

TEST(Options, RefusesAndLeavesTheValue) {
  CompilationOptions options;
  const std::vector<std::pair<const char*, const char*>> wrong = {
      {"tiling_depth", "0"},
      {"tiling_depth", "-1"},
      {"tiling_depth", "06"},
      {"resources_used", "0.3"},
      {"resources_used", "0"},
      {"resources_used", "nan"},
      {"aipu_cores_used", "5"},
      {"icrx_max_factor", "9"},
      {"elf_in_ddr", "1"},
      {"mvm_utilization_limit", "0.1"},
      {"l1_constraint", "1e6"},
      {"multicore_mode", "Batch"},
      {"l2_reserved_nbytes_tasklist", "1 MiB"},
      {"quantization_scheme", ""}};
  for (const auto& [name, value] : wrong) {
    const std::string before = OptionValue(options, name);
    const Status status = SetOption(options, name, value);
    ASSERT_FALSE(status.ok()) << name << "=" << value;
    EXPECT_EQ(status.error().code, ErrorCode::kConfig);
    EXPECT_EQ(status.error().subject, name);
    EXPECT_FALSE(status.error().hint.empty());
    EXPECT_EQ(OptionValue(options, name), before);
  }
  EXPECT_EQ(SetOption(options, "enable_irc", "true").error().hint, "did you mean \"enable_icr\"?");
}

TEST(Options, ChecksRulesWithoutPlaces) {
  CompilationOptions options;
  options.l2_reserved_nbytes_tasklist = Bytes(1);
  EXPECT_THAT(CheckOptions(options).error().Format(),
              HasSubstr("error: l2_reserved_nbytes_tasklist: must be 0 while elf_in_ddr is true"));
  options.elf_in_ddr = false;
  EXPECT_TRUE(CheckOptions(options).ok());
  options.icrx_force = 8;
  EXPECT_TRUE(CheckOptions(options).ok());
  options.icrx_max_factor = 4;
  EXPECT_FALSE(CheckOptions(options).ok());
}

std::vector<std::string> Shallow(const CompilationOptions& options) {
  std::vector<std::string> names;
  for (const Note& note : ShallowOptionNotes(options)) {
    EXPECT_EQ(note.message.find('\n'), std::string::npos);
    names.push_back(note.where);
  }
  return names;
}

TEST(Options, SaysWhichStagesAreShallow) {
  CompilationOptions options;
  EXPECT_THAT(Shallow(options), ElementsAre());
  options.aipu_cores_used = 4;
  options.multicore_mode = MulticoreMode::kPipeline;
  EXPECT_THAT(Shallow(options), ElementsAre("aipu_cores_used", "multicore_mode"));
  CompilationOptions real;
  real.tiling_depth = 6;
  real.mvm_utilization_limit = 0.5;
  real.force_h_tiling = true;
  real.dfs_search_constraint = 9;
  real.quantization_scheme = QuantizationScheme::kHybridPerTensorPerChannel;
  real.enable_icr = real.page_memory = real.double_buffer = real.imc_double_buffer = false;
  real.elf_in_ddr = real.dma_dual_channel = false;
  real.resources_used = 0.25;
  real.l1_constraint = Bytes(1);
  EXPECT_THAT(Shallow(real), ElementsAre());
}

}  // namespace
}  // namespace imcc
