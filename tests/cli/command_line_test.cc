// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/run_program.h"

namespace imcc {
namespace {

using testing::ProgramOutput;
using testing::RunImcc;

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(CommandLine, VersionAndHelp) {
  EXPECT_EQ(RunImcc("--version").out.rfind("imcc ", 0), 0U);
  EXPECT_TRUE(Contains(RunImcc("--help").out, "Exit codes"));
  for (const std::string sub :
       {"compile", "quantize", "run", "eval", "inspect", "targets", "memplan"}) {
    const ProgramOutput help = RunImcc(sub + " --help");
    EXPECT_EQ(help.exit_code, 0) << sub;
    EXPECT_TRUE(Contains(help.out, "Examples:\n  imcc " + sub)) << help.out;
    EXPECT_TRUE(Contains(help.out, "--json")) << sub;
    EXPECT_EQ(help.err, "");
  }
}

struct Mistake {
  const char* arguments;
  int exit_code;
  const char* message;
};

TEST(CommandLine, MistakesHaveTheirExitCodeAndSayWhatToDo) {
  const std::string demo = IMCC_SOURCE_DIR "/examples/fashion-mnist/network.yaml ";
  const Mistake mistakes[] = {
      {"", 2, "subcommand"},
      {"compil x", 2, "did you mean \"compile\"?"},
      {"compile", 2, "network is required"},
      {"compile nothing.yaml", 9, "no such file"},
      {"compile DEMO --set tiling_depth", 2, "key=value"},
      {"compile DEMO --set tiling_dept=1", 3, "did you mean \"tiling_depth\"?"},
      {"compile DEMO --set l2_reserved_nbytes_tasklist=64", 3, "elf_in_ddr"},
      {"compile DEMO --target quad51", 2, "did you mean \"quad512\"?"},
      {"compile DEMO --input-shape 1,a", 2, "positive dimensions"},
      {"compile DEMO --calibration-limit 0", 2, "calibration-limit"},
      {"run nothing", 9, "no such file"},
      {"run DEMO", 8, "not JSON"},
      {"inspect DEMO", 8, "ELF"},
      {"inspect nothing", 9, "no such file"},
      {"eval DEMO --skip 100000", 6, "--skip"},
      {"eval DEMO --skip -1", 2, "skip"},
      {"targets nothing", 2, "quad512"},
  };
  for (const Mistake& mistake : mistakes) {
    std::string arguments = mistake.arguments;
    if (const size_t at = arguments.find("DEMO "); at != std::string::npos)
      arguments.replace(at, 5, demo);
    if (const size_t at = arguments.find("DEMO"); at != std::string::npos)
      arguments.replace(at, 4, demo);
    const ProgramOutput result = RunImcc(arguments);
    EXPECT_EQ(result.exit_code, mistake.exit_code) << arguments << "\n" << result.err;
    EXPECT_TRUE(Contains(result.err, "error: ")) << result.err;
    EXPECT_TRUE(Contains(result.err, mistake.message)) << result.err;
    EXPECT_EQ(result.out, "") << arguments;
    EXPECT_FALSE(Contains(result.err, "\033")) << "colours in a pipe";
  }
}

TEST(CommandLine, TargetsListAndShow) {
  const auto list = nlohmann::json::parse(RunImcc("targets --json").out);
  EXPECT_TRUE(Contains(list.at("targets").dump(), "\"quad512\""));
  const auto target = nlohmann::json::parse(RunImcc("targets quad512 --json").out);
  ASSERT_GT(target.at("facts").size(), 10U);
  for (const auto& fact : target.at("facts")) {
    EXPECT_FALSE(fact.at("key").get<std::string>().empty());
    EXPECT_FALSE(fact.at("source").get<std::string>().empty()) << fact;
  }
}

}  // namespace
}  // namespace imcc
