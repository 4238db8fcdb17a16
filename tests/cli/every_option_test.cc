// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// No option is parsed and read by nothing: each changes the program, the numbers, the frames or
// what imcc says of one network, most on the tiny machine.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "cli/run_program.h"
#include "config/options.h"
#include "onnx/tiny_model.h"

namespace imcc {
namespace {

using testing::Contents;
using testing::ProgramOutput;
using testing::RunImcc;
namespace fs = std::filesystem;

struct OptionCase {
  std::string option;
  std::string value;
  std::string beside;  // Flags of both compilations.
};

const std::vector<OptionCase>& OptionCases() {
  const std::string list_in_l2 = "--set elf_in_ddr=false ";
  static const std::vector<OptionCase> cases = {
      {"elf_in_ddr", "false", "--set l2_reserved_nbytes_tasklist=0"},
      {"enable_icr", "false", ""},
      {"l2_reserved_nbytes_tasklist", "100000",
       list_in_l2 + "--set l2_reserved_nbytes_tasklist=30000"},
      {"page_memory", "false", ""},
      {"tiling_depth", "6", "--target quad512"},
      {"quantization_scheme", "per_tensor_min_max", ""},
      {"bias_correction", "false", ""},
      {"adaround", "true", ""},
      {"cross_layer_equalization", "true", ""},
      {"unified_concat_scales", "true", ""},
      {"aipu_cores_used", "2", ""},
      {"multicore_mode", "pipeline", ""},
      {"resources_used", "0.25", ""},
      {"l1_constraint", "20000", ""},
      {"l2_constraint", "60000", ""},
      {"ddr_constraint", "1000", ""},
      {"icrx_max_factor", "2", ""},
      {"icrx_force", "1", ""},
      {"enable_swicr", "false", ""},
      {"mvm_utilization_limit", "0.125", ""},
      {"double_buffer", "false", ""},
      {"imc_double_buffer", "false", ""},
      {"dma_dual_channel", "false", ""},
      {"force_h_tiling", "true", ""},
      {"dfs_search_constraint", "1", "--target quad512 --set tiling_depth=6"},
      {"remove_io_quantization", "true", ""},
  };
  return cases;
}

/// Convolutions over maps that L2 does not hold whole, two of them joined.
TinyModel JoinedModel() {
  TinyModel m(13);
  m.Input("x", {1, 3, 64, 64});
  m.Floats("w0", {16, 3, 3, 3}).Floats("w1", {24, 16, 3, 3}).Floats("w2", {24, 16, 1, 1});
  m.Floats("w3", {32, 48, 3, 3}).Floats("b3", {32});
  m.Floats("w4", {64, 32, 1, 1}).Floats("w5", {64, 64, 1, 1});
  const auto conv = [&](const std::vector<std::string>& inputs, const std::string& y, int64_t pad) {
    onnx::NodeProto& node = m.Node("Conv", inputs, y);
    TinyModel::SetInts(node, "pads", {pad, pad, pad, pad});
  };
  conv({"x", "w0"}, "a", 1);
  m.Node("Relu", {"a"}, "r");
  conv({"r", "w1"}, "left", 1);
  conv({"r", "w2"}, "right", 0);
  m.Node("Relu", {"left"}, "clipped");
  TinyModel::SetInt(m.Node("Concat", {"clipped", "right"}, "joined"), "axis", 1);
  conv({"joined", "w3", "b3"}, "deep", 1);
  conv({"deep", "w4"}, "c0", 0);
  std::string last = "c0";
  for (const char* next : {"c1", "c2", "c3", "c4"}) {
    conv({last, "w5"}, next, 0);
    last = next;
  }
  onnx::NodeProto& pool = m.Node("MaxPool", {last}, "pooled");  // From here on all of it fits.
  TinyModel::SetInts(pool, "kernel_shape", {8, 8});
  TinyModel::SetInts(pool, "strides", {8, 8});
  conv({"pooled", "w5"}, "y", 0);
  m.Output("y");
  return m;
}

class EveryOption : public testing::ScratchFolder,
                    public ::testing::WithParamInterface<OptionCase> {
 protected:
  /// All that an option may change, without the places that print it.
  std::string Compile(const std::string& flags) const {
    std::ofstream(Path("joined.onnx"), std::ios::binary) << JoinedModel().proto.SerializeAsString();
    const std::string out = Path("out");
    fs::remove_all(out);
    const ProgramOutput compiled =
        RunImcc("compile " + Path("joined.onnx") + " --random-calibration -o " + out + " " + flags +
                (flags.find("--target") == std::string::npos ? " --target tiny" : ""));
    if (compiled.exit_code != 0) return compiled.err;
    const std::string model = out + "/joined/joined";
    return compiled.err + Contents(model + "/quantized.onnx") + Contents(model + "/model.json") +
           RunImcc("inspect " + model + " --disassemble").out +
           RunImcc("run " + model + " --json").out.substr(0, 300);  // Times, before any hash.
  }
};

TEST_P(EveryOption, ChangesSomething) {
  const OptionCase& c = GetParam();
  const std::string without = Compile(c.beside);
  const std::string with = Compile(c.beside + " --set " + c.option + "=" + c.value);
  EXPECT_TRUE(with != without) << "--set " << c.option << "=" << c.value << " changes nothing";
}

INSTANTIATE_TEST_SUITE_P(Table, EveryOption, ::testing::ValuesIn(OptionCases()),
                         [](const ::testing::TestParamInfo<OptionCase>& c) {
                           return c.param.option;
                         });

TEST(EveryOptionOfTheTable, HasACase) {
  for (const OptionInfo& info : OptionTable())
    EXPECT_TRUE(std::any_of(OptionCases().begin(), OptionCases().end(), [&](const OptionCase& c) {
      return c.option == info.flat;
    })) << info.flat;
}

}  // namespace
}  // namespace imcc
