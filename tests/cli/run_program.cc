// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/run_program.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "base/files.h"

namespace imcc::testing {

namespace fs = std::filesystem;

std::string Contents(const fs::path& path) {
  Result<std::string> contents = ReadFile(path.string(), Bytes(1 << 28));
  if (!contents.ok()) ADD_FAILURE() << contents.error().Format();
  return contents.ok() ? std::move(contents).value() : "";
}

ProgramOutput RunShell(const std::string& command) {
  const fs::path base = fs::path(::testing::TempDir()) / ("imcc_run_" + std::to_string(getpid()));
  const std::string out = base.string() + ".out";
  const std::string err = base.string() + ".err";
  const int status = std::system((command + " >" + out + " 2>" + err).c_str());
  ProgramOutput result{.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                       .out = Contents(out),
                       .err = Contents(err)};
  fs::remove(out);
  fs::remove(err);
  return result;
}

ProgramOutput RunImcc(const std::string& arguments) {
  return RunShell(IMCC_PROGRAM " " + arguments);
}

void ScratchFolder::SetUp() {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  folder_ = fs::path(::testing::TempDir()) /
            (std::string("imcc_cli_") + test->name() + "_" + std::to_string(getpid()));
  fs::create_directories(folder_);
}

void ScratchFolder::TearDown() { fs::remove_all(folder_); }

}  // namespace imcc::testing
