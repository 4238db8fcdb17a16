// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// The program on networks whose middle, or all of which, runs on the host.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/run_program.h"
#include "onnx/export.h"
#include "support/attention_network.h"

namespace imcc {
namespace {

using nlohmann::json;
using testing::Contents;
using ::testing::HasSubstr;
using testing::ProgramOutput;
using testing::RunImcc;

class SeveralPartsProgram : public testing::ScratchFolder {
 protected:
  void Write(const Graph& graph) const {
    const auto bytes = ExportOnnx(graph);
    ASSERT_TRUE(bytes.ok()) << bytes.error().Format();
    ASSERT_TRUE(WriteFile(Path("model.onnx"), *bytes).ok());
  }

  ProgramOutput Run(const std::string& command, const std::string& flags) const {
    return RunImcc(command + " " + Path("model.onnx") + " --random-calibration " + flags);
  }

  std::string Output() const { return Path("out/model/model"); }
};

TEST_F(SeveralPartsProgram, CompilesRunsAndInspects) {
  Write(testing::AttentionNetwork());
  const ProgramOutput compiled = Run("compile", "-o " + Path("out"));
  ASSERT_EQ(compiled.exit_code, 0) << compiled.err;
  EXPECT_THAT(compiled.err, HasSubstr("takes 2 launches a frame"));
  EXPECT_THAT(compiled.out, HasSubstr("2 launches"));
  EXPECT_THAT(compiled.out, HasSubstr("host1.onnx"));
  EXPECT_THAT(compiled.out, HasSubstr("the device has no Pow"));
  for (const char* name : {"model.elf", "host1.onnx", "model1.elf", "quantized.onnx"})
    EXPECT_TRUE(std::filesystem::exists(Output() + "/" + name)) << name;
  EXPECT_EQ(json::parse(Contents(Output() + "/manifest.json")).at("parts").size(), 2U);
  const json report = json::parse(Contents(Output() + "/report.json"));

  const json run = json::parse(RunImcc("run " + Output() + " --json --frames 2 --check").out);
  EXPECT_EQ(run.at("device_outputs").size(), 4U);
  EXPECT_EQ(run.at("launches"), 2);
  EXPECT_EQ(run.at("cycles"), report.at("totals").at("cycles"));
  EXPECT_EQ(run.at("frame_seconds"), report.at("totals").at("frame_seconds"));
  const ProgramOutput traced =
      RunImcc("run " + Output() + " --random-order 3 --json --frames 2 --trace " + Path("trace"));
  EXPECT_EQ(json::parse(traced.out).at("outputs"), run.at("outputs"));
  EXPECT_FALSE(json::parse(Contents(Path("trace"))).at("traceEvents").empty());
  EXPECT_THAT(RunImcc("run " + Output()).out, HasSubstr("2 launches"));

  const auto first_layer = [&](const std::string& flags) {
    const ProgramOutput inspected = RunImcc("inspect " + Output() + " --json " + flags);
    EXPECT_EQ(inspected.exit_code, 0) << inspected.err;
    return json::parse(inspected.out).at("layers").at(0).at("name").get<std::string>();
  };
  EXPECT_EQ(first_layer(""), first_layer("--part 0"));
  EXPECT_NE(first_layer(""), first_layer("--part 2"));
  const ProgramOutput host = RunImcc("inspect " + Output() + " --part 1");
  EXPECT_EQ(host.exit_code, 2);
  EXPECT_THAT(host.err, HasSubstr("its device parts: 0, 2"));
}

TEST_F(SeveralPartsProgram, OtherSubcommandsKnowParts) {
  Write(testing::AttentionNetwork());
  const ProgramOutput checked = Run("compile", "--check");
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  EXPECT_THAT(checked.out, HasSubstr("the device has no Pow"));
  const ProgramOutput refused = Run("compile", "--no-host-fallback -o " + Path("no"));
  EXPECT_EQ(refused.exit_code, 5);
  EXPECT_THAT(refused.err, HasSubstr("the device has no Pow"));
  const ProgramOutput quantized = Run("quantize", "--json -o " + Path("q.onnx"));
  ASSERT_EQ(quantized.exit_code, 0) << quantized.err;
  EXPECT_EQ(json::parse(quantized.out).at("host_nodes"), 1);
  EXPECT_GT(std::filesystem::file_size(Path("q.onnx")), 64 * 64 * 25U);
}

TEST_F(SeveralPartsProgram, RunsOnTheHostAlone) {
  SmallGraph g;
  const TensorId x = g.Input("x", {10, 1});
  g.Output(g.Add("y", OpKind::kPow, {x, x}));
  Write(g.graph);
  const ProgramOutput compiled = Run("compile", "-o " + Path("out"));
  ASSERT_EQ(compiled.exit_code, 0) << compiled.err;
  EXPECT_THAT(compiled.err, HasSubstr("nothing is left for the device"));
  EXPECT_EQ(Run("compile", "--no-host-fallback -o " + Path("no")).exit_code, 5);
  const ProgramOutput run = RunImcc("run " + Output() + " --json");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(json::parse(run.out).at("cycles"), 0);
  EXPECT_EQ(RunImcc("run " + Output()).exit_code, 0);
  EXPECT_EQ(RunImcc("run " + Output() + " --trace " + Path("trace")).exit_code, 0);
  EXPECT_EQ(RunImcc("inspect " + Output()).exit_code, 2);
}

}  // namespace
}  // namespace imcc
