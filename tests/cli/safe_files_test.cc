// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Nobody's files are lost, and nothing half-written is called done.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/files.h"
#include "cli/run_program.h"

namespace imcc {
namespace {

using testing::Contents;
using ::testing::HasSubstr;
using testing::ProgramOutput;
using testing::RunImcc;
using testing::RunShell;
namespace fs = std::filesystem;

const std::string kModel = IMCC_SOURCE_DIR "/examples/fashion-mnist/fashion_resnet.onnx";
const std::string kQuick = " --random-calibration --calibration-limit 1 ";

class SafeFiles : public testing::ScratchFolder {
 protected:
  void SetUp() override {
    ScratchFolder::SetUp();
    fs::copy_file(kModel, Path("net.onnx"));
    model_ = Contents(Path("net.onnx"));
  }

  ProgramOutput Compile() const {
    return RunImcc("compile " + Path("net.onnx") + kQuick + "-o " + Path("out"));
  }
  fs::path Output() const { return folder_ / "out" / "net" / "net"; }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  std::string model_;
};

TEST_F(SafeFiles, CompileKeepsFilesOfOthers) {
  ASSERT_EQ(Compile().exit_code, 0);
  ASSERT_EQ(Compile().exit_code, 0) << "its own files are replaced";
  fs::copy_file(Path("net.onnx"), Output() / "thesis.onnx");
  const ProgramOutput refused = Compile();
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("not written by imcc are thesis.onnx"));
  EXPECT_EQ(Contents(Output() / "thesis.onnx"), model_);
}

TEST_F(SafeFiles, CompileKeepsWhatItReads) {
  // The folder of network "net" and model "net" is where the model lies.
  ASSERT_EQ(Compile().exit_code, 0);
  fs::rename(Output() / "quantized.onnx", Path("quantized.onnx"));
  fs::create_directories(folder_ / "out" / "quantized" / "quantized");
  const fs::path input = folder_ / "out" / "quantized" / "quantized" / "quantized.onnx";
  fs::copy_file(Path("quantized.onnx"), input);
  const ProgramOutput refused = RunImcc("compile " + input.string() + " -o " + Path("out"));
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(Contents(input), Contents(Path("quantized.onnx")));
}

TEST_F(SafeFiles, QuantizeKeepsWhatItReads) {
  fs::create_hard_link(Path("net.onnx"), Path("hard.onnx"));
  fs::create_symlink("net.onnx", Path("soft.onnx"));
  for (const char* name : {"net.onnx", "hard.onnx", "soft.onnx"}) {
    const ProgramOutput refused =
        RunImcc("quantize " + Path("net.onnx") + kQuick + "-o " + Path(name));
    EXPECT_EQ(refused.exit_code, 2) << name;
    EXPECT_THAT(refused.err, HasSubstr("would be overwritten"));
  }
  EXPECT_EQ(Contents(Path("net.onnx")), model_);
  EXPECT_EQ(RunImcc("quantize " + Path("net.onnx") + kQuick + "-o " + Path("q.onnx")).exit_code, 0);
  EXPECT_EQ(RunImcc("quantize " + Path("net.onnx") + kQuick + "-o " + Path("q.onnx")).exit_code, 0);
}

TEST_F(SafeFiles, RunKeepsWhatItReads) {
  ASSERT_EQ(Compile().exit_code, 0);
  const std::string elf = (Output() / "model.elf").string();
  const std::string before = Contents(elf);
  EXPECT_EQ(RunImcc("run " + Output().string() + " --trace " + elf).exit_code, 2);
  EXPECT_EQ(Contents(elf), before);
  ASSERT_EQ(RunImcc("run " + Output().string() + " --output " + Path("values")).exit_code, 0);
  const auto value = fs::directory_iterator(Path("values"))->path().string();
  const std::string read = Contents(value);
  // Its shape is wrong for an input: that it is to be overwritten is said first or never done.
  EXPECT_NE(
      RunImcc("run " + Output().string() + " --input " + value + " --output " + Path("values"))
          .exit_code,
      0);
  EXPECT_EQ(Contents(value), read);
}

TEST_F(SafeFiles, MemplanKeepsWhatItReads) {
  const std::string csv = "id,lower,upper,size\na,0,2,16\n";
  ASSERT_TRUE(WriteFile(Path("a.csv"), csv).ok());
  EXPECT_EQ(RunImcc("memplan " + Path("a.csv") + " -o " + Path("a.csv")).exit_code, 2);
  EXPECT_EQ(Contents(Path("a.csv")), csv);
}

TEST_F(SafeFiles, WhatCannotBeWrittenIsAnError) {
  ASSERT_EQ(Compile().exit_code, 0);
  for (const std::string& command :
       {std::string("--help"), std::string("--version"), std::string("targets"),
        std::string("targets quad512 --json"), "inspect " + Output().string(),
        "run " + Output().string() + " --json",
        "compile " + Path("net.onnx") + kQuick + "-o " + Path("again")})
    EXPECT_EQ(RunShell("( " IMCC_PROGRAM " " + command + " > /dev/full )").exit_code, 9) << command;
  EXPECT_EQ(RunImcc("run " + Output().string() + " --trace /dev/full").exit_code, 9);
  EXPECT_EQ(RunImcc("quantize " + Path("net.onnx") + kQuick + "-o /dev/full").exit_code, 9);
}

TEST_F(SafeFiles, AFullDiskLeavesTheOldFile) {
  // A limit on the size of files stands for a full disk.
  ASSERT_TRUE(WriteFile(Path("q.onnx"), "as it was").ok());
  const ProgramOutput result = RunShell("trap '' XFSZ; ulimit -f 8; " IMCC_PROGRAM " quantize " +
                                        Path("net.onnx") + kQuick + "-o " + Path("q.onnx"));
  EXPECT_EQ(result.exit_code, 9) << result.err;
  EXPECT_EQ(Contents(Path("q.onnx")), "as it was");
  EXPECT_THAT(Names(), ::testing::ElementsAre("net.onnx", "q.onnx"));
}

TEST_F(SafeFiles, FewThreadsDoTheSame) {
  // Room for the program and the stack of one more thread, but not for those of 64.
  const auto quantize = [&](const std::string& limit, const std::string& file) {
    return RunShell(limit + IMCC_PROGRAM " quantize " + Path("net.onnx") +
                    " --random-calibration "
                    "--threads 64 -o " +
                    Path(file))
        .exit_code;
  };
  EXPECT_EQ(quantize("", "many.onnx"), 0);
  EXPECT_EQ(quantize("ulimit -s 1048576; ulimit -v 2000000; ", "few.onnx"), 0);
  EXPECT_TRUE(Contents(Path("few.onnx")) == Contents(Path("many.onnx")));
}

}  // namespace
}  // namespace imcc
