// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <CLI/CLI.hpp>

#include "report/report.h"

namespace imcc {

int RunCommandLine(int argc, char** argv) {
  CLI::App app("imcc");
  app.set_version_flag("--version", "imcc " + ImccVersion());
  CLI11_PARSE(app, argc, argv);
  return 0;
}

}  // namespace imcc
