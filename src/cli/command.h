// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "base/error.h"
#include "cli/console.h"

namespace imcc {

/// One subcommand: its flags and what it does.
class Command {
 public:
  Command() = default;
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  virtual ~Command() = default;

  /// Adds the subcommand and binds its flags to this object.
  virtual CLI::App* Register(CLI::App& app) = 0;
  /// The exit code, or the error to report.
  virtual Result<int> Run(Console& console) = 0;
};

std::unique_ptr<Command> MakeCompileCommand();
std::unique_ptr<Command> MakeQuantizeCommand();
std::unique_ptr<Command> MakeRunCommand();
std::unique_ptr<Command> MakeEvalCommand();
std::unique_ptr<Command> MakeInspectCommand();
std::unique_ptr<Command> MakeTargetsCommand();
std::unique_ptr<Command> MakeMemplanCommand();

/// Exit codes besides those of ExitCode().
inline constexpr int kExitSuccess = 0;
inline constexpr int kExitCheckFailed = 1;
inline constexpr int kExitBug = 70;  // EX_SOFTWARE of sysexits.h.

}  // namespace imcc
