// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The `imcc` program: one subcommand, its exit code.
namespace imcc {

/// Never throws. 0 success, 1 a check failed, ExitCode() of the Error, 70 a bug in imcc.
int RunCommandLine(int argc, char** argv);

}  // namespace imcc
