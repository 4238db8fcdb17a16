// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Hints are true: the command or option that an error names makes the error go away, and every flag
// that the sources name in a text is one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>

#include "cli/run_program.h"
#include "onnx/tiny_model.h"

namespace imcc {
namespace {

using testing::Contents;
using testing::ProgramOutput;
using testing::RunImcc;
namespace fs = std::filesystem;

const std::string kDemoNetwork = IMCC_SOURCE_DIR "/examples/fashion-mnist/network.yaml";

class Hints : public testing::ScratchFolder {
 protected:
  ProgramOutput Compile(const std::string& what) const {
    return RunImcc("compile " + what + " -o " + Path("out"));
  }
  /// What a pattern's first group finds in the hint of a failed command.
  static std::string Suggested(const ProgramOutput& failed, const std::string& pattern) {
    EXPECT_NE(failed.exit_code, 0);
    std::smatch match;
    const bool found = std::regex_search(failed.err, match, std::regex("hint: .*" + pattern));
    EXPECT_TRUE(found) << failed.err;
    return found ? match[1].str() : "";
  }
  std::string Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(Path(name), std::ios::binary) << bytes;
    return Path(name);
  }
};

/// A convolution over x; dimensions below 0 are open.
TinyModel SmallModel(const std::vector<int64_t>& shape) {
  TinyModel m(13);
  m.Input("x", shape);
  m.Floats("w", {8, 3, 3, 3});
  m.Node("Conv", {"x", "w"}, "y");
  m.Output("y");
  return m;
}

TEST_F(Hints, ShapesOfOpenInputs) {
  const std::string model =
      Write("open.onnx", SmallModel({-1, 3, -1, -1}).proto.SerializeAsString());
  const ProgramOutput failed = Compile(model + " --random-calibration");
  const std::string flag = Suggested(failed, "(--input-shape \\S+)");
  EXPECT_EQ(Compile(model + " --random-calibration " + flag).exit_code, 0);
}

TEST_F(Hints, RoomForTheTaskList) {
  const std::string with = kDemoNetwork + " --calibration-limit 4 --set elf_in_ddr=false ";
  const ProgramOutput failed = Compile(with + "--set l2_reserved_nbytes_tasklist=64");
  const std::string bytes = Suggested(failed, "l2_reserved_nbytes_tasklist: ([0-9]+)");
  EXPECT_EQ(Compile(with + "--set l2_reserved_nbytes_tasklist=" + bytes).exit_code, 0);
}

TEST_F(Hints, RoomInL1) {
  const std::string with = kDemoNetwork + " --calibration-limit 4 --set l1_constraint=";
  const std::string bytes = Suggested(Compile(with + "1"), "l1_constraint to ([0-9]+)");
  EXPECT_EQ(Compile(with + bytes).exit_code, 0);
}

TEST_F(Hints, CalibrationOfSeveralInputs) {
  TinyModel m(13);
  m.Input("a", {1, 3, 8, 8});
  m.Input("b", {1, 3, 8, 8});
  m.Node("Add", {"a", "b"}, "y");
  m.Output("y");
  const std::string model = Write("two.onnx", m.proto.SerializeAsString());
  const ProgramOutput failed = Compile(model + " --images " IMCC_SOURCE_DIR "/tests/images/data");
  const std::string flag = Suggested(failed, "(--random-calibration)");
  EXPECT_EQ(Compile(model + " " + flag).exit_code, 0);
}

TEST_F(Hints, NearestNames) {
  const ProgramOutput failed = Compile(kDemoNetwork + " --set tiling_depht=2");
  const std::string name = Suggested(failed, "did you mean \"?'?(\\w+)");
  EXPECT_EQ(Compile(kDemoNetwork + " --calibration-limit 4 --set " + name + "=2").exit_code, 0);
}

TEST_F(Hints, OutputsThatWouldOverwrite) {
  ASSERT_EQ(Compile(kDemoNetwork + " --calibration-limit 4").exit_code, 0);
  Write("out/fashion-mnist/fashion-resnet/mine.txt", "mine");
  const ProgramOutput failed = Compile(kDemoNetwork + " --calibration-limit 4");
  EXPECT_THAT(Suggested(failed, "(-o)"), "-o");
  EXPECT_EQ(
      RunImcc("compile " + kDemoNetwork + " --calibration-limit 4 -o " + Path("other")).exit_code,
      0);
}

/// Every --flag in a string of the sources is a flag of some subcommand.
TEST_F(Hints, NameFlagsThatExist) {
  std::string help = RunImcc("--help").out;
  for (const char* sub : {"compile", "quantize", "run", "eval", "inspect", "targets", "memplan"})
    help += RunImcc(std::string(sub) + " --help").out;
  std::set<std::string> flags;
  const std::regex flag("--[a-z][a-z-]+");
  for (std::sregex_iterator it(help.begin(), help.end(), flag), end; it != end; ++it)
    flags.insert(it->str());
  const std::regex text("\"(?:[^\"\\\\]|\\\\.)*\"");
  size_t named = 0;
  for (const auto& entry : fs::recursive_directory_iterator(IMCC_SOURCE_DIR "/src")) {
    // The variables of CSS look like flags.
    if (entry.path().extension() != ".cc" || entry.path().filename() == "html_page.cc") continue;
    // A quote that is a character begins no string.
    const std::string source =
        std::regex_replace(Contents(entry.path()), std::regex("'\\\\?\"'"), "' '");
    for (std::sregex_iterator it(source.begin(), source.end(), text), end; it != end; ++it) {
      const std::string words = it->str();
      for (std::sregex_iterator f(words.begin(), words.end(), flag); f != end; ++f, ++named)
        EXPECT_TRUE(flags.contains(f->str())) << entry.path() << ": " << words;
    }
  }
  EXPECT_GT(named, 20U);
}

}  // namespace
}  // namespace imcc
