// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/command.h"
#include "cli/ignore_interrupts.h"
#include "cli/network_arguments.h"
#include "compiler/compile.h"
#include "compiler/input_files.h"
#include "report/human.h"
#include "report/quantization_views.h"

namespace imcc {
namespace {

constexpr const char* kQuantizeExamples = R"(Examples:
  imcc quantize network.yaml -o quantized.onnx
  imcc quantize network.yaml --report      # what every layer loses, and what may help
  imcc quantize model.onnx --images photos/ --set quantization_scheme=per_tensor_min_max)";

struct QuantizeSummary {
  int64_t nodes = 0;
  int64_t tensors = 0;
  int64_t weights = 0;
  int64_t host_nodes = 0;
  double device_mac_share = 0;
  std::string scheme;
};

QuantizeSummary Summarise(const QuantizedNetwork& network, const CompilationOptions& options) {
  QuantizeSummary summary{.host_nodes = static_cast<int64_t>(network.partition.host_nodes.size()),
                          .device_mac_share = network.partition.device_mac_share,
                          .scheme = OptionValue(options, "quantization_scheme")};
  for (const QuantizedGraph& part : network.quantized) {
    summary.nodes += static_cast<int64_t>(part.nodes.size());
    summary.tensors += static_cast<int64_t>(part.tensors.size());
    for (const QNode& node : part.nodes)
      if (const auto* conv = std::get_if<QConv>(&node.operation))
        summary.weights += static_cast<int64_t>(conv->weights.size());
  }
  return summary;
}

std::string Text(const QuantizeSummary& summary, const std::string& path) {
  return fmt::format(
      "{}\n  scheme         {}\n  nodes          {}\n  int8 tensors   {}\n  int8 weights   {}\n"
      "  on the host    {} nodes\n  on the device  {} of the MACs\n",
      path, summary.scheme, summary.nodes, summary.tensors, Grouped(summary.weights),
      summary.host_nodes, HumanPercent(summary.device_mac_share));
}

std::string QuantizeJson(const QuantizeSummary& summary, const std::string& path,
                         const std::optional<QuantizationReport>& explanation) {
  nlohmann::ordered_json json = {{"output", path},
                                 {"scheme", summary.scheme},
                                 {"nodes", summary.nodes},
                                 {"tensors", summary.tensors},
                                 {"weights", summary.weights},
                                 {"host_nodes", summary.host_nodes},
                                 {"device_mac_share", summary.device_mac_share}};
  if (explanation) json["quantization"] = QuantizationJson(*explanation);
  // Names come from the model file and need not be UTF-8.
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

/// "a/quantized.onnx" -> "a/quantized.html".
std::string HtmlPathBeside(const std::string& onnx) {
  return std::filesystem::path(onnx).replace_extension(".html").string();
}

class QuantizeCommand : public Command {
 public:
  CLI::App* Register(CLI::App& app) override {
    CLI::App* sub = app.add_subcommand(
        "quantize", "quantise a network and write it as standard ONNX QDQ; no device code");
    arguments_.Register(*sub);
    sub->add_option("-o,--output", output_, "ONNX file to write")->capture_default_str();
    sub->add_flag("--report", report_,
                  "say what every layer loses to int8 and what may help; also as an HTML file");
    sub->add_option("--report-samples", report_samples_, "calibration samples the report looks at")
        ->capture_default_str()
        ->check(CLI::Range(int64_t{1}, int64_t{1} << 30));
    sub->add_flag("--json", json_, "print the summary as JSON");
    sub->footer(kQuantizeExamples);
    return sub;
  }

  Result<int> Run(Console& console) override {
    IMCC_ASSIGN(NetworkRequest loaded, MakeRequest(arguments_, console));
    if (report_) loaded.request.explain_samples = report_samples_;
    IMCC_TRY(CheckOutputs(loaded.request));
    PassOptions passes = loaded.request.passes;
    passes.on_start = [&](const std::string& pass) { console.ShowProgress(pass, 0, 0); };
    PassRunner runner(std::move(passes));
    IMCC_ASSIGN(const QuantizedNetwork network, QuantizeNetwork(loaded.request, runner));
    IMCC_TRY(runner.CheckNames());
    IMCC_ASSIGN(const std::string onnx, QuantizedOnnx(network));
    {
      const IgnoreInterrupts ignore;
      IMCC_TRY(WriteFile(output_, onnx));
      if (network.explanation)
        IMCC_TRY(WriteFile(HtmlPathBeside(output_),
                           RenderQuantizationHtml(network.float_graph.name, *network.explanation)));
    }
    console.PrintNotes(loaded.notes);
    console.PrintNotes(network.notes);
    const QuantizeSummary summary = Summarise(network, loaded.request.network.options);
    if (json_) {
      console.Print(QuantizeJson(summary, output_, network.explanation));
      return kExitSuccess;
    }
    if (network.explanation)
      console.Print(
          RenderQuantizationText(*network.explanation, static_cast<size_t>(console.columns())) +
          "\n" + HtmlPathBeside(output_) + "\n");
    console.Print(Text(summary, output_));
    return kExitSuccess;
  }

 private:
  /// Looked at only where a file is there already: it needs the model and the list of samples.
  Status CheckOutputs(const CompileRequest& request) const {
    std::vector<std::string> outputs = {output_};
    if (report_) outputs.push_back(HtmlPathBeside(output_));
    std::error_code ignored;
    const auto exists = [&](const std::string& path) {
      return std::filesystem::exists(path, ignored);
    };
    if (std::none_of(outputs.begin(), outputs.end(), exists)) return {};
    const std::vector<std::string> inputs = InputFiles(request);
    for (const std::string& output : outputs) IMCC_TRY(CheckOverwritesNone(output, inputs));
    return {};
  }

  NetworkArguments arguments_;
  std::string output_ = "quantized.onnx";
  bool json_ = false;
  bool report_ = false;
  int64_t report_samples_ = kDefaultExplainSamples;
};

}  // namespace

std::unique_ptr<Command> MakeQuantizeCommand() { return std::make_unique<QuantizeCommand>(); }

}  // namespace imcc
