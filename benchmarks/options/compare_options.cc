// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
// Two sets of compilation options on many networks, each under several budgets. A network is
// calibrated once, on a random sample: that changes no cycle. Prints CSV.
//   compare_options --a page_memory=false --b page_memory=true --budget l2_constraint=8388608
//   X.onnx
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "compiler/join_reports.h"

namespace imcc {
namespace {

struct Arguments {
  std::string a, b;
  std::vector<std::string> budgets;
  std::vector<std::string> models;
  std::string target;
};

/// "key=value,key=value"; empty: the defaults.
Status Apply(const std::string& settings, CompilationOptions& options) {
  for (size_t begin = 0; begin < settings.size();) {
    const size_t end = std::min(settings.find(',', begin), settings.size());
    const std::string setting = settings.substr(begin, end - begin);
    const size_t equals = std::min(setting.find('='), setting.size());
    IMCC_TRY(SetOption(options, setting.substr(0, equals),
                       setting.substr(std::min(equals + 1, setting.size()))));
    begin = end + 1;
  }
  return CheckOptions(options);
}

/// What one compilation shows.
struct Outcome {
  std::string error;
  Report report;
  double plan_seconds = 0;  // From mapping to the last simulation.
};

Outcome CompileWith(const QuantizedNetwork& network, CompileRequest request,
                    const std::string& budget, const std::string& settings) {
  for (const std::string& text : {budget, settings})
    if (const Status status = Apply(text, request.network.options); !status.ok())
      return {.error = status.error().Format()};
  const auto start = std::chrono::steady_clock::now();
  PassRunner runner({});
  std::vector<CompiledProgram> programs;
  for (const QuantizedGraph& part : network.quantized) {
    auto compiled = CompileQuantized(part, request, runner);
    if (!compiled.ok()) return {.error = compiled.error().Format()};
    programs.push_back(std::move(*compiled));
  }
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  return {
      .error = "", .report = JoinReports(network, programs, request), .plan_seconds = time.count()};
}

std::string Cells(const Outcome& outcome) {
  if (!outcome.error.empty()) return ",,,,,,";
  const Report& report = outcome.report;
  return fmt::format(
      "{},{:.4f},{},{},{},{},{:.3f}", report.cycles.count(), report.frame_seconds * 1e3,
      report.ddr_bytes.count(), report.planned_ddr_bytes.count(),
      report.ddr_lower_bound ? fmt::format("{}", report.ddr_lower_bound->count()) : "",
      report.tasklist_bytes.count(), outcome.plan_seconds);
}

void CompareModel(const Arguments& arguments, const std::string& model) {
  const std::string name = std::filesystem::path(model).stem().string();
  CompileRequest request{.network = NetworkFromModel(model)};
  auto target = LoadTarget(arguments.target);
  if (!target.ok()) return fmt::print(stderr, "{}\n", target.error().Format());
  request.target = std::move(*target);
  request.calibration_limit = 1;
  request.random_calibration = true;
  PassRunner runner({});
  const auto network = QuantizeNetwork(request, runner);
  if (!network.ok()) return fmt::print(stderr, "{}: {}\n", name, network.error().Format());
  for (const std::string& budget : arguments.budgets) {
    const Outcome a = CompileWith(*network, request, budget, arguments.a);
    const Outcome b = CompileWith(*network, request, budget, arguments.b);
    for (const Outcome* outcome : {&a, &b})
      if (!outcome->error.empty()) fmt::print(stderr, "{} {}: {}\n", name, budget, outcome->error);
    fmt::print("{},{},{},{}\n", name, budget, Cells(a), Cells(b));
    std::fflush(stdout);
  }
}

int Main(int argc, char** argv) {
  CLI::App app("compares two sets of compilation options");
  Arguments arguments{.target = "quad512"};
  app.add_option("--a", arguments.a, "options of A: key=value,key=value");
  app.add_option("--b", arguments.b, "options of B");
  app.add_option("--budget", arguments.budgets, "options of both; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--target", arguments.target, "machine");
  app.add_option("models", arguments.models, "ONNX files")->required();
  CLI11_PARSE(app, argc, argv);
  if (arguments.budgets.empty()) arguments.budgets.emplace_back();
  fmt::print("network,budget");
  for (const char* set : {"a", "b"})
    fmt::print(
        ",cycles_{0},frame_ms_{0},ddr_{0},planned_ddr_{0},ddr_lower_bound_{0},tasklist_{0},"
        "plan_seconds_{0}",
        set);
  fmt::print("\n");
  for (const std::string& model : arguments.models) CompareModel(arguments, model);
  return 0;
}

}  // namespace
}  // namespace imcc

int main(int argc, char** argv) { return imcc::Main(argc, argv); }
