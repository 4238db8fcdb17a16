// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/ignore_interrupts.h"
#include "cli/network_arguments.h"
#include "compiler/compile.h"
#include "report/human.h"
#include "report/quantization_views.h"
#include "report/report.h"
#include "runtime/session.h"

namespace imcc {
namespace {

constexpr const char* kCompileExamples = R"(Examples:
  imcc compile network.yaml -o build/
  imcc compile model.onnx --images photos/ --set tiling_depth=6 -o build/
  imcc compile model.onnx --calibration samples.npy --input-shape 1,3,224,224
  imcc compile model.onnx --images photos/ --preprocess 'resize: {size: 256}' \
      --preprocess 'centercrop: {width: 224, height: 224}' --preprocess torch-totensor -o build/
  imcc compile network.yaml --dump-after=map-network --json > report.json
  imcc compile network.yaml --quantization-report -o build/
  imcc compile model.onnx --check)";

/// The contract of docs/report.md, and where the folder is.
std::string JsonWithOutput(const Report& report, const std::string& path) {
  auto json = nlohmann::ordered_json::parse(RenderJson(report));
  json["output"] = path;
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

/// What --check found: the network compiles, and this of it runs on the host.
std::string CheckJson(const Report& report) {
  auto list = nlohmann::ordered_json::array();
  for (const HostNodeReport& node : report.host_nodes)
    list.push_back({{"node", node.node},
                    {"op", node.op},
                    {"reason", node.reason},
                    {"macs", node.macs.count()}});
  const nlohmann::ordered_json json = {{"host_nodes", std::move(list)},
                                       {"device_mac_share", report.device_mac_share}};
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string CheckLines(const Report& report) {
  if (report.host_nodes.empty()) return "it compiles, and every operator runs on the device\n";
  std::string text =
      fmt::format("it compiles; {} of its operators run on the host:\n", report.host_nodes.size());
  for (const HostNodeReport& node : report.host_nodes)
    text += fmt::format("  {} {}: {}\n", node.op, node.node, node.reason);
  return text +
         fmt::format("{} of its MACs are on the device\n", HumanPercent(report.device_mac_share));
}

/// As `imcc run` opens it.
Status OpenAgain(const std::string& folder) {
  IMCC_ASSIGN(const Session session, Session::Open(folder));
  return {};
}

std::string CompileTimes(const Report& report) {
  double total = 0;
  std::string slowest;
  double most = 0;
  for (const auto& [pass, seconds] : report.compile_seconds) {
    total += seconds;
    if (seconds > most) slowest = pass;
    most = std::max(most, seconds);
  }
  return fmt::format("compiled in {}, of which {} {}\n", HumanSeconds(total), slowest,
                     HumanSeconds(most));
}

class CompileCommand : public Command {
 public:
  CLI::App* Register(CLI::App& app) override {
    CLI::App* sub = app.add_subcommand(
        "compile", "compile a network: quantise, map, schedule, write the output folder");
    arguments_.Register(*sub);
    sub->add_option("-o,--output", output_, "output folder; <network>/<model>/ is made in it")
        ->capture_default_str();
    sub->add_flag("--json", json_, "print report.json instead of the tables");
    sub->add_flag("--timings", timings_,
                  "keep pass times in report.json too: it then differs from run to run");
    sub->add_flag("--no-host-fallback", no_host_fallback_,
                  "operators that would run on the host are an error");
    sub->add_flag("--quantization-report", quantization_report_,
                  "say what every layer loses to int8, in report.html and report.json too");
    sub->add_flag(
        "--check", check_,
        "compile on made-up data and write nothing: what would be refused, and what would "
        "run on the host");
    sub->add_flag("--list-passes", list_passes_,
                  "compile, print the passes in order, write nothing");
    sub->footer(kCompileExamples);
    return sub;
  }

  Result<int> Run(Console& console) override {
    IMCC_ASSIGN(NetworkRequest loaded, MakeRequest(arguments_, console));
    loaded.request.timings = timings_;
    loaded.request.no_host_fallback = no_host_fallback_;
    if (quantization_report_) loaded.request.explain_samples = kDefaultExplainSamples;
    if (check_) return Check(std::move(loaded.request), console);
    if (!list_passes_) IMCC_TRY(CheckOutput(loaded.request, output_));
    IMCC_ASSIGN(Compilation compilation, Compile(loaded.request));
    Report& report = compilation.report;
    report.notes.insert(report.notes.begin(), loaded.notes.begin(), loaded.notes.end());
    if (list_passes_) {
      for (const auto& [pass, seconds] : report.compile_seconds) console.Print(pass + "\n");
      return kExitSuccess;
    }
    std::string path;
    {
      const IgnoreInterrupts ignore;
      IMCC_ASSIGN(path, WriteOutput(compilation, loaded.request, output_, OpenAgain));
    }
    console.PrintNotes(report.notes);
    console.Print(json_ ? JsonWithOutput(report, path) : Tables(report, console, path));
    return kExitSuccess;
  }

 private:
  /// The whole road, so that what it says is what `compile` says; only the data are not looked at.
  Result<int> Check(CompileRequest request, Console& console) const {
    request.random_calibration = true;
    request.calibration_limit = 1;
    request.explain_samples = 0;
    IMCC_ASSIGN(const Compilation compilation, Compile(request));
    console.Print(json_ ? CheckJson(compilation.report) : CheckLines(compilation.report));
    return kExitSuccess;
  }

  /// Notes went to standard error already.
  static std::string Tables(Report report, const Console& console, const std::string& path) {
    report.notes.clear();
    const std::string explained =
        report.quantization
            ? RenderQuantizationText(*report.quantization, static_cast<size_t>(console.columns())) +
                  "\n"
            : "";
    return fmt::format("{}\n{}{}{}\n", RenderText(report, console.columns()), explained,
                       CompileTimes(report), path);
  }

  NetworkArguments arguments_;
  std::string output_ = "build";
  bool json_ = false;
  bool timings_ = false;
  bool list_passes_ = false;
  bool no_host_fallback_ = false;
  bool check_ = false;
  bool quantization_report_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeCompileCommand() { return std::make_unique<CompileCommand>(); }

}  // namespace imcc
