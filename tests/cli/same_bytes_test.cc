// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Same inputs, same bytes on every x86-64 CPU with AVX2: a CPU that has more plays the lesser ones,
// for oneDNN and for imcc's own kernels.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "base/md5.h"
#include "cli/run_program.h"

namespace imcc {
namespace {

using testing::Contents;
using testing::ProgramOutput;
using testing::RunShell;
namespace fs = std::filesystem;

const std::string kShared = IMCC_SOURCE_DIR "/../shared/";

struct SameBytesCase {
  const char* name;
  std::string model;  // Empty: the demo.
  std::string flags;
};

class SameBytes : public testing::ScratchFolder,
                  public ::testing::WithParamInterface<SameBytesCase> {
 protected:
  /// MD5 of every file that a compilation in this environment writes.
  std::map<std::string, std::string> Compile(const std::string& environment) const {
    const fs::path out = folder_ / "out";
    fs::remove_all(out);
    const SameBytesCase& c = GetParam();
    const std::string input =
        c.model.empty() ? IMCC_SOURCE_DIR "/examples/fashion-mnist/network.yaml" : c.model;
    const ProgramOutput run = RunShell("env " + environment + " " IMCC_PROGRAM " compile " + input +
                                       " -o " + out.string() + " " + c.flags);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    std::map<std::string, std::string> sums;
    for (const auto& entry : fs::recursive_directory_iterator(out))
      if (entry.is_regular_file())
        sums[entry.path().filename().string()] = Md5Hex(Contents(entry.path()));
    return sums;
  }
};

TEST_P(SameBytes, UnderEveryCap) {
  if (!fs::exists(GetParam().model.empty() ? IMCC_SOURCE_DIR : GetParam().model))
    GTEST_SKIP() << GetParam().model << " is not at hand";
  if (!__builtin_cpu_supports("avx2")) GTEST_SKIP() << "this CPU has no AVX2";
  const auto expected = Compile("IMCC_MAX_CPU_ISA=avx2 ONEDNN_MAX_CPU_ISA=AVX2");
  EXPECT_TRUE(expected.contains("model.elf"));
  for (const char* environment :
       {"-u IMCC_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA=SSE41", "ONEDNN_MAX_CPU_ISA=AVX",
        "ONEDNN_MAX_CPU_ISA=AVX512_CORE", "DNNL_MAX_CPU_ISA=ALL", "IMCC_MAX_CPU_ISA=avx512-vnni"})
    EXPECT_EQ(Compile(environment), expected) << environment;
}

INSTANTIATE_TEST_SUITE_P(
    Networks, SameBytes,
    ::testing::Values(
        SameBytesCase{"demo", "", "--calibration-limit 32"},
        SameBytesCase{"squeezenet", kShared + "models/squeezenet1.1.onnx",
                      "--calibration-limit 4 --images " + kShared +
                          "images/imagenet500 --preprocess 'centercrop: {width: 224, height: 224}' "
                          "--preprocess torch-totensor"},
        SameBytesCase{"mobilenetv2", kShared + "models/mobilenetv2_1.0_224.onnx",
                      "--calibration-limit 2 --images " + kShared +
                          "images/imagenet500 --preprocess 'centercrop: {width: 224, height: 224}' "
                          "--preprocess torch-totensor --set cross_layer_equalization=true"}),
    [](const ::testing::TestParamInfo<SameBytesCase>& c) { return c.param.name; });

class FloatKernelNames : public testing::ScratchFolder {
 protected:
  ProgramOutput CompileDemo(const std::string& environment) const {
    return RunShell("env " + environment +
                    " " IMCC_PROGRAM " compile " IMCC_SOURCE_DIR
                    "/examples/fashion-mnist/network.yaml --calibration-limit 16 -o " +
                    folder_.string());
  }
  std::string Manifested() const {
    const fs::path manifest = folder_ / "fashion-mnist" / "fashion-resnet" / "manifest.json";
    return nlohmann::json::parse(Contents(manifest)).at("float_kernels").get<std::string>();
  }
};

TEST_F(FloatKernelNames, StandInTheManifest) {
  if (!__builtin_cpu_supports("avx2")) GTEST_SKIP() << "this CPU has no AVX2";
  const ProgramOutput run = CompileDemo("-u IMCC_MAX_CPU_ISA");
  EXPECT_THAT(Manifested(), ::testing::EndsWith(", AVX2"));
  EXPECT_THAT(run.err, ::testing::Not(::testing::HasSubstr("the float network runs on")));
}

TEST_F(FloatKernelNames, BelowAvx2AreAWarning) {
  const ProgramOutput run = CompileDemo("IMCC_MAX_CPU_ISA=scalar");
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.err, ::testing::HasSubstr("the float network runs on oneDNN"));
  EXPECT_THAT(Manifested(), ::testing::EndsWith(", SSE4.1"));
}

TEST_F(FloatKernelNames, UnknownCapsAreErrors) {
  const ProgramOutput run = CompileDemo("IMCC_MAX_CPU_ISA=avx3");
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, ::testing::HasSubstr("scalar, avx2 or avx512-vnni"));
}

}  // namespace
}  // namespace imcc
