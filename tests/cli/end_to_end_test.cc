// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/files.h"
#include "cli/run_program.h"
#include "onnx/tiny_model.h"

namespace imcc {
namespace {

using nlohmann::json;
using testing::Contents;
using testing::ProgramOutput;
using testing::RunImcc;
using testing::RunShell;
namespace fs = std::filesystem;

const std::string kDemo = IMCC_SOURCE_DIR "/examples/fashion-mnist/network.yaml ";

/// Names in a folder, hidden ones too, sorted.
std::vector<std::string> Names(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

class EndToEnd : public testing::ScratchFolder {
 protected:
  /// Compiles the demo with few samples into `name`; the model's folder.
  fs::path CompileDemo(const std::string& name, const std::string& flags = "") const {
    const ProgramOutput result =
        RunImcc("compile " + kDemo + " --calibration-limit 16 -o " + Path(name) + " " + flags);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return folder_ / name / "fashion-mnist" / "fashion-resnet";
  }
};

TEST_F(EndToEnd, OutputFolderIsWholeAndReproducible) {
  const fs::path one = CompileDemo("one", "--threads 1");
  const fs::path two = CompileDemo("two", "--threads 2");
  CompileDemo("two", "--threads 2");  // Replaces the folder.
  EXPECT_THAT(Names(one),
              ::testing::ElementsAre("compilation.log", "compile_config.json", "files.md5",
                                     "manifest.json", "model.elf", "model.json", "quantized.onnx",
                                     "report.html", "report.json"));
  EXPECT_EQ(Names(two), Names(one));
  EXPECT_EQ(Names(two.parent_path()), std::vector<std::string>{"fashion-resnet"});
  for (const std::string& name : Names(one))
    EXPECT_TRUE(Contents(one / name) == Contents(two / name)) << name;
  const json report = json::parse(Contents(one / "report.json"));
  EXPECT_TRUE(report.at("totals").at("compile_seconds").empty());
  const fs::path timed = CompileDemo("timed", "--timings");
  EXPECT_FALSE(
      json::parse(Contents(timed / "report.json")).at("totals").at("compile_seconds").empty());
}

TEST_F(EndToEnd, JsonOnStandardOutputOnly) {
  const ProgramOutput result = RunImcc("compile " + kDemo + " --json -o " + Path("out"));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json report = json::parse(result.out);
  EXPECT_GT(report.at("totals").at("cycles"), 0);
  EXPECT_FALSE(report.at("totals").at("compile_seconds").empty());
  EXPECT_TRUE(fs::exists(report.at("output").get<std::string>()));
  EXPECT_EQ(result.err.find('\r'), std::string::npos) << "progress in a pipe";
}

TEST_F(EndToEnd, FailuresLeaveNothing) {
  const std::string out = Path("deep/er/out");
  EXPECT_NE(RunImcc("compile " + kDemo + " --dump-after=no-such-pass -o " + out).exit_code, 0);
  EXPECT_NE(RunImcc("compile " + kDemo + " --images " + Path("absent") + " -o " + out).exit_code,
            0);
  EXPECT_TRUE(Names(folder_).empty());
  // The folder's own name is taken by a file: found when writing.
  ASSERT_TRUE(WriteFile(Path("fashion-mnist"), "in the way").ok());
  EXPECT_EQ(RunImcc("compile " + kDemo + " -o " + folder_.string()).exit_code, 9);
  EXPECT_EQ(Names(folder_), std::vector<std::string>{"fashion-mnist"});
}

TEST_F(EndToEnd, AnInterruptLeavesNothing) {
  const std::string images = Path("zeros_200000x1x28x28.u8");
  ASSERT_TRUE(WriteFile(images, "").ok());
  fs::resize_file(images, 200'000 * 28 * 28);  // Sparse; far more than a second's work.
  ASSERT_TRUE(WriteFile(Path("kept.onnx"), "as it was").ok());
  const std::string calibration = kDemo + "--calibration-limit 200000 --calibration " + images;
  for (const std::string& command : {"quantize " + calibration + " -o " + Path("kept.onnx"),
                                     "quantize " + calibration + " -o " + Path("absent.onnx"),
                                     "compile " + calibration + " -o " + Path("out")})
    for (const std::string signal : {"INT", "HUP", "KILL"})
      EXPECT_NE(RunShell("timeout -s " + signal + " 0.5 " IMCC_PROGRAM " " + command).exit_code, 0)
          << command;
  EXPECT_THAT(Names(folder_), ::testing::ElementsAre("kept.onnx", "zeros_200000x1x28x28.u8"));
  EXPECT_EQ(Contents(Path("kept.onnx")), "as it was");
}

TEST_F(EndToEnd, WarnsOfPoorCalibration) {
  const auto warnings = [&](const std::string& flags) {
    return RunImcc("quantize " + kDemo + flags + " -o " + Path("q.onnx")).err;
  };
  EXPECT_THAT(warnings("--calibration-limit 31"), ::testing::HasSubstr("only 31 samples"));
  EXPECT_THAT(warnings("--random-calibration"), ::testing::HasSubstr("NO CALIBRATION DATA"));
  EXPECT_EQ(warnings("--calibration-limit 32").find("warning: "), std::string::npos);
}

TEST_F(EndToEnd, ChecksWithoutCompiling) {
  const ProgramOutput whole = RunImcc("compile " + kDemo + " --check -o " + Path("out"));
  EXPECT_EQ(whole.exit_code, 0) << whole.err;
  EXPECT_EQ(whole.out, "it compiles, and every operator runs on the device\n");
  const std::string product =
      "/usr/share/libonnx-testdata/data/node/test_reduce_prod_keepdims_random"
      "/model.onnx";
  if (!fs::exists(product)) GTEST_SKIP() << "no Debian package libonnx-testdata";
  const ProgramOutput checked = RunImcc("compile " + product + " --check --json");
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  const json host_nodes = json::parse(checked.out).at("host_nodes");
  ASSERT_EQ(host_nodes.size(), 1U);
  EXPECT_EQ(host_nodes[0].at("op"), "ReduceProd");
  EXPECT_EQ(RunImcc("compile " + product + " --check --no-host-fallback").exit_code, 5);
  EXPECT_TRUE(Names(folder_).empty());
}

TEST_F(EndToEnd, ChecksRefuseWhatCompileRefuses) {
  TinyModel m(13);
  m.Input("x", {1, 3, 8, 8});
  m.Floats("w", {1, 3, 1, 1}, {1, NAN, 1});
  m.Node("Conv", {"x", "w"}, "y");
  m.Output("y");
  const std::string model = Path("nan.onnx");
  ASSERT_TRUE(WriteFile(model, m.proto.SerializeAsString()).ok());
  const ProgramOutput checked = RunImcc("compile " + model + " --check");
  const ProgramOutput compiled =
      RunImcc("compile " + model + " --random-calibration -o " + Path("o"));
  EXPECT_EQ(checked.exit_code, 4);
  EXPECT_THAT(checked.err, ::testing::HasSubstr("nan.onnx"));
  EXPECT_EQ(checked.err, compiled.err);
}

TEST_F(EndToEnd, FramesAreInt8WithoutQuantizationAtTheEnds) {
  const fs::path reals = CompileDemo("reals");
  const fs::path integers = CompileDemo("integers", "--set remove_io_quantization=true");
  EXPECT_TRUE(Contents(reals / "quantized.onnx") == Contents(integers / "quantized.onnx"));
  const json file = json::parse(Contents(integers / "model.json"));
  EXPECT_EQ(file.at("inputs").at(0).at("dtype"), "int8");
  EXPECT_EQ(file.at("outputs").at(0).at("dtype"), "int8");

  // The same frame both ways: what the float run's device part got and gave.
  std::string frame(784, '\0');
  for (size_t i = 0; i < frame.size(); ++i) frame[i] = static_cast<char>(i * 37);
  ASSERT_TRUE(WriteFile(Path("frame.i8"), frame).ok());
  const auto run = [](const fs::path& model, const std::string& flags) {
    const ProgramOutput result = RunImcc("run " + model.string() + " --json " + flags);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return json::parse(result.out);
  };
  const json int8 = run(integers, "--input " + Path("frame.i8") + " --output " + Path("results"));
  EXPECT_EQ(int8.at("outputs").at(0).at("dtype"), "int8");
  EXPECT_EQ(int8.at("outputs").at(0).at("hash"), int8.at("device_outputs").at(0).at("hash"));
  const std::string npy = Contents(folder_ / "results" / Names(folder_ / "results").at(0));
  EXPECT_NE(npy.find("'|i1'"), std::string::npos);
  // The caller's own quantisation of real values gives the same bits.
  const json input = json::parse(Contents(integers / "manifest.json")).at("inputs").at(0);
  const auto scale = input.at("scale").at(0).get<float>();
  const auto zero = input.at("zero_point").at(0).get<int>();
  std::vector<float> values;
  for (const char q : frame) values.push_back(scale * static_cast<float>(q - zero));
  ASSERT_TRUE(WriteFile(Path("frame.f32"), {reinterpret_cast<const char*>(values.data()),
                                            values.size() * sizeof(float)})
                  .ok());
  const json real = run(reals, "--input " + Path("frame.f32"));
  EXPECT_EQ(real.at("device_outputs"), int8.at("device_outputs"));
  const ProgramOutput refused = RunImcc("run " + integers.string() + " --input " +
                                        IMCC_SOURCE_DIR "/tests/images/data/none.npy");
  EXPECT_NE(refused.exit_code, 0);

  const std::string eval = "eval " + kDemo + " --limit 20 --calibration-limit 16 --json ";
  const ProgramOutput plain = RunImcc(eval);
  const ProgramOutput without = RunImcc(eval + "--set remove_io_quantization=true");
  EXPECT_EQ(without.exit_code, 0) << without.err;
  EXPECT_EQ(json::parse(plain.out).at("device"), json::parse(without.out).at("device"));
}

TEST_F(EndToEnd, HostFallbackCanBeForbidden) {
  EXPECT_EQ(
      RunImcc("compile " + kDemo + " --calibration-limit 16 --no-host-fallback -o " + Path("out"))
          .exit_code,
      0);
  const std::string pow = "/usr/share/libonnx-testdata/data/node/test_pow/model.onnx";
  if (!fs::exists(pow)) GTEST_SKIP() << "no Debian package libonnx-testdata";
  EXPECT_EQ(RunImcc("compile " + pow + " -o " + Path("yes")).exit_code, 0);
  const ProgramOutput refused = RunImcc("compile " + pow + " --no-host-fallback -o " + Path("no"));
  EXPECT_EQ(refused.exit_code, 5);
  EXPECT_NE(refused.err.find("--no-host-fallback forbids"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("the device has no Pow"), std::string::npos);
  EXPECT_FALSE(fs::exists(Path("no")));
}

TEST_F(EndToEnd, RunHashesDoNotDependOnOrderOrOptions) {
  const std::string model = CompileDemo("a").string();
  const std::string other =
      CompileDemo("b",
                  "--set elf_in_ddr=false --set l2_reserved_nbytes_tasklist=1048576 "
                  "--set double_buffer=false")
          .string();
  const json plain = json::parse(RunImcc("run " + model + " --frames 2 --json").out);
  EXPECT_EQ(plain.at("frames"), 2);
  EXPECT_GT(plain.at("frames_per_second"), 0);
  EXPECT_GT(plain.at("latency_seconds"), 0);
  const json outputs = plain.at("outputs");
  for (const std::string& flags : {model + "/model.json --check", model + " --random-order 1",
                                   model + " --random-order 2 --check", other})
    EXPECT_EQ(json::parse(RunImcc("run " + flags + " --frames 2 --json").out).at("outputs"),
              outputs)
        << flags;
  EXPECT_NE(json::parse(RunImcc("run " + model + " --seed 2 --frames 2 --json").out).at("outputs"),
            outputs);
}

TEST_F(EndToEnd, RunWritesOutputsAndTrace) {
  const std::string model = CompileDemo("a").string();
  const ProgramOutput result = RunImcc("run " + model + " --frames 2 --output " + Path("results") +
                                       " --trace " + Path("trace.json"));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(Names(Path("results")), ::testing::ElementsAre("logits_0000.npy", "logits_0001.npy"));
  const json trace = json::parse(Contents(Path("trace.json")));
  const auto tasks = std::count_if(trace.at("traceEvents").begin(), trace.at("traceEvents").end(),
                                   [](const json& event) { return event.at("ph") == "X"; });
  EXPECT_GT(tasks, 10);
}

TEST_F(EndToEnd, InputsFromFiles) {
  const std::string model = CompileDemo("a").string();
  // A 28x28 grey image of zeros, and the same as the tensor the preprocessing makes of it.
  ASSERT_TRUE(WriteFile(Path("black.pgm"), "P5 28 28 255\n" + std::string(784, '\0')).ok());
  std::string raw;
  const float black = (0.0F - 0.2860F) / 0.3530F;
  for (int i = 0; i < 784; ++i) raw.append(reinterpret_cast<const char*>(&black), sizeof(black));
  ASSERT_TRUE(WriteFile(Path("black.raw"), raw).ok());
  const json image =
      json::parse(RunImcc("run " + model + " --json --input " + Path("black.pgm")).out);
  const json tensor =
      json::parse(RunImcc("run " + model + " --json --input " + Path("black.raw")).out);
  EXPECT_EQ(image.at("outputs"), tensor.at("outputs"));
  EXPECT_EQ(image.at("top").at(0).size(), 5U);
  EXPECT_EQ(RunImcc("run " + model + " --input " + Path("missing.png")).exit_code, 6);
  ASSERT_TRUE(WriteFile(Path("short.raw"), "1234").ok());
  EXPECT_EQ(RunImcc("run " + model + " --input " + Path("short.raw")).exit_code, 6);
}

TEST_F(EndToEnd, EvalAgreesWithItself) {
  const auto eval = [](const std::string& flags) {
    return json::parse(RunImcc("eval " + kDemo + " --calibration-limit 50 --json " + flags).out);
  };
  const json result = eval("--limit 100");
  for (const char* way : {"float", "quantized", "device"}) {
    EXPECT_EQ(result.at(way).at("n"), 100);
    EXPECT_GE(result.at(way).at("top1"), 0.85) << way;
    EXPECT_GE(result.at(way).at("top5"), result.at(way).at("top1"));
    const json& interval = result.at(way).at("top1_interval");
    EXPECT_LT(interval.at(0), result.at(way).at("top1"));
    EXPECT_GT(interval.at(1), result.at(way).at("top1"));
    EXPECT_LT(interval.at(1).get<double>() - interval.at(0).get<double>(), 0.2);
  }
  EXPECT_EQ(result.at("quantized"), result.at("device"));
  EXPECT_EQ(result.at("mismatching_frames"), 0);
  EXPECT_GE(result.at("agreement"), 0.9);
  EXPECT_EQ(eval("--limit 100 --threads 1"), result);
  EXPECT_EQ(eval("--skip 990").at("n"), 10);
}

TEST_F(EndToEnd, InspectShowsTheElf) {
  const std::string model = CompileDemo("a").string();
  const json inspected = json::parse(RunImcc("inspect " + model + " --json").out);
  EXPECT_EQ(inspected.at("target"), "quad512");
  EXPECT_EQ(inspected.at("inputs").at(0).at("name"), "image");
  EXPECT_NE(RunImcc("inspect " + model + "/model.elf --disassemble").out.find("mvm"),
            std::string::npos);
  EXPECT_NE(RunImcc("inspect " + model + " --layers").out.find("Conv 3x3"), std::string::npos);
  const std::string elf = Contents(model + "/model.elf");
  ASSERT_TRUE(WriteFile(Path("cut.elf"), elf.substr(0, elf.size() / 2)).ok());
  EXPECT_EQ(RunImcc("inspect " + Path("cut.elf")).exit_code, 8);
}

TEST_F(EndToEnd, QuantizeWritesOnnx) {
  const ProgramOutput result = RunImcc("quantize " + kDemo + " --json -o " + Path("q.onnx"));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_GT(json::parse(result.out).at("weights"), 80000);
  EXPECT_GT(fs::file_size(Path("q.onnx")), 90000U);
}

TEST_F(EndToEnd, QuantizeExplains) {
  const ProgramOutput text = RunImcc("quantize " + kDemo + " --report -o " + Path("q.onnx"));
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_NE(text.out.find("block3/conv2"), std::string::npos);
  EXPECT_NE(text.out.find("The worst layers"), std::string::npos);
  EXPECT_NE(Contents(Path("q.html")).find("class=\"spark\""), std::string::npos);
  const ProgramOutput result =
      RunImcc("quantize " + kDemo + " --report --report-samples 4 --json -o " + Path("q.onnx"));
  const json report = json::parse(result.out).at("quantization");
  EXPECT_EQ(report.at("samples"), 4);
  EXPECT_EQ(report.at("worst").size(), 10U);
  for (const json& tensor : report.at("tensors")) {
    EXPECT_GT(tensor.at("accumulated_db"), 15) << tensor.at("tensor");
    EXPECT_LT(tensor.at("clipped_share"), 0.01) << tensor.at("tensor");
  }
}

TEST_F(EndToEnd, TheCExampleRuns) {
  const std::string model = CompileDemo("a").string();
  const ProgramOutput result = RunShell(IMCC_C_EXAMPLE " " + model + "/model.json");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("largest value of the first output: index "), std::string::npos);
  EXPECT_NE(RunShell(IMCC_C_EXAMPLE " /nonexistent").exit_code, 0);
}

}  // namespace
}  // namespace imcc
