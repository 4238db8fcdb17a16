// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <new>
#include <sstream>
#include <string>

#include "base/check.h"
#include "base/nearest_name.h"
#include "cli/command.h"
#include "numerics/int8_kernels.h"
#include "report/report.h"

namespace imcc {
namespace {

constexpr const char* kFooter =
    "Exit codes: 0 success, 1 a check failed, 2 command line, 3 network or target YAML, 4 model,\n"
    "5 unsupported, 6 data, 7 does not fit, 8 damaged imcc file, 9 file system, 10 simulation,\n"
    "70 a bug in imcc.\n\n"
    "Start with: imcc compile network.yaml -o build/";

std::vector<std::unique_ptr<Command>> AllCommands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(MakeCompileCommand());
  commands.push_back(MakeQuantizeCommand());
  commands.push_back(MakeRunCommand());
  commands.push_back(MakeEvalCommand());
  commands.push_back(MakeInspectCommand());
  commands.push_back(MakeTargetsCommand());
  commands.push_back(MakeMemplanCommand());
  return commands;
}

/// CLI11 says "not expected" of a wrong subcommand; say which one was meant.
Status CheckSubcommandName(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return {};
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands({})) names.push_back(sub->get_name());
  if (std::find(names.begin(), names.end(), argv[1]) != names.end()) return {};
  const std::string near = DidYouMean(argv[1], names);
  return Error{.code = ErrorCode::kUsage,
               .subject = argv[1],
               .message = "there is no such subcommand",
               .hint = near.empty() ? fmt::format("one of {}", fmt::join(names, ", ")) : near};
}

Status CheckEnvironment() {
  const char* const cap = std::getenv(kKernelCapVariable);
  if (cap == nullptr || KernelSetNamed(cap)) return {};
  return Error{.code = ErrorCode::kUsage,
               .subject = kKernelCapVariable,
               .message = fmt::format("'{}' is no set of kernels", cap),
               .hint = "scalar, avx2 or avx512-vnni"};
}

int ReportParse(const CLI::App& app, const CLI::ParseError& error, Console& console) {
  if (error.get_exit_code() == 0) {  // --help, --version.
    std::ostringstream text;
    app.exit(error, text, text);
    console.Print(text.str());
    return 0;
  }
  const std::vector<CLI::App*> used = app.get_subcommands();
  console.PrintError(Error{
      .code = ErrorCode::kUsage,
      .message = error.what(),
      .hint = fmt::format("see imcc {}--help", used.empty() ? "" : used[0]->get_name() + " ")});
  return ExitCode(ErrorCode::kUsage);
}

int RunGuarded(int argc, char** argv, Console& console) {
  CLI::App app("imcc compiles neural networks for a digital in-memory-compute NPU", "imcc");
  app.set_version_flag("--version", "imcc " + ImccVersion());
  app.footer(kFooter);
  app.require_subcommand(1);
  const std::vector<std::unique_ptr<Command>> commands = AllCommands();
  std::vector<CLI::App*> subs;
  for (const auto& command : commands) subs.push_back(command->Register(app));
  for (const Status& status : {CheckEnvironment(), CheckSubcommandName(app, argc, argv)}) {
    if (status.ok()) continue;
    console.PrintError(status.error());
    return ExitCode(status.error().code);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ReportParse(app, error, console);
  }
  for (size_t i = 0; i < commands.size(); ++i) {
    if (!subs[i]->parsed()) continue;
    const Result<int> result = commands[i]->Run(console);
    if (result.ok()) return *result;
    console.PrintError(result.error());
    return ExitCode(result.error().code);
  }
  return ExitCode(ErrorCode::kUsage);
}

/// `what` and where to take it.
int ReportBug(Console& console, const std::string& what) {
  const bool says_so = what.find("this is a bug in imcc") != std::string::npos;
  console.PrintError(says_so ? what : "this is a bug in imcc: " + what);
  console.PrintLog("  hint: please report it with the command line and the input files\n");
  return kExitBug;
}

}  // namespace

int RunCommandLine(int argc, char** argv) {
  Console console;
  try {
    const int exit_code = RunGuarded(argc, argv, console);
    const Status printed = console.OutputStatus();
    if (printed.ok()) return exit_code;
    console.PrintError(printed.error());
    return exit_code == 0 ? ExitCode(printed.error().code) : exit_code;
  } catch (const InternalError& error) {
    return ReportBug(console, error.what());
  } catch (const std::bad_alloc&) {
    return ReportBug(console, "out of memory");
  } catch (const std::exception& error) {
    return ReportBug(console, error.what());
  }
}

}  // namespace imcc
