// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace imcc::testing {

struct ProgramOutput {
  int exit_code = -1;  // -1: ended by a signal.
  std::string out;
  std::string err;
};

/// Runs a shell command; its streams are pipes, not terminals.
ProgramOutput RunShell(const std::string& command);
/// Runs `imcc` with these arguments.
ProgramOutput RunImcc(const std::string& arguments);

/// A folder of its own for each test, removed afterwards.
class ScratchFolder : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_;
};

/// The whole of a file; a test failure if it cannot be read.
std::string Contents(const std::filesystem::path& path);

}  // namespace imcc::testing
