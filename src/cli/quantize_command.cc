// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/command.h"
#include "cli/ignore_interrupts.h"
#include "cli/network_arguments.h"
#include "compiler/compile.h"
#include "onnx/export.h"
#include "report/human.h"

namespace imcc {
namespace {

constexpr const char* kExamples = R"(Examples:
  imcc quantize network.yaml -o quantized.onnx
  imcc quantize model.onnx --images photos/ --set quantization_scheme=per_tensor_min_max)";

struct Summary {
  int64_t nodes = 0;
  int64_t tensors = 0;
  int64_t weights = 0;
  int64_t host_nodes = 0;
  double device_mac_share = 0;
  std::string scheme;
};

Summary Summarise(const QuantizedNetwork& network, const CompilationOptions& options) {
  Summary summary{.nodes = static_cast<int64_t>(network.quantized.nodes.size()),
                  .tensors = static_cast<int64_t>(network.quantized.tensors.size()),
                  .host_nodes = static_cast<int64_t>(network.partition.host_nodes.size()),
                  .device_mac_share = network.partition.device_mac_share,
                  .scheme = OptionValue(options, "quantization_scheme")};
  for (const QNode& node : network.quantized.nodes)
    if (const auto* conv = std::get_if<QConv>(&node.operation))
      summary.weights += static_cast<int64_t>(conv->weights.size());
  return summary;
}

std::string Text(const Summary& summary, const std::string& path) {
  return fmt::format(
      "{}\n  scheme         {}\n  nodes          {}\n  int8 tensors   {}\n  int8 weights   {}\n"
      "  on the host    {} nodes\n  on the device  {} of the MACs\n",
      path, summary.scheme, summary.nodes, summary.tensors, Grouped(summary.weights),
      summary.host_nodes, HumanPercent(summary.device_mac_share));
}

std::string Json(const Summary& summary, const std::string& path) {
  const nlohmann::ordered_json json = {{"output", path},
                                       {"scheme", summary.scheme},
                                       {"nodes", summary.nodes},
                                       {"tensors", summary.tensors},
                                       {"weights", summary.weights},
                                       {"host_nodes", summary.host_nodes},
                                       {"device_mac_share", summary.device_mac_share}};
  return json.dump(2) + "\n";
}

class QuantizeCommand : public Command {
 public:
  CLI::App* Register(CLI::App& app) override {
    CLI::App* sub = app.add_subcommand(
        "quantize", "quantise a network and write it as standard ONNX QDQ; no device code");
    arguments_.Register(*sub);
    sub->add_option("-o,--output", output_, "ONNX file to write")->capture_default_str();
    sub->add_flag("--json", json_, "print the summary as JSON");
    sub->footer(kExamples);
    return sub;
  }

  Result<int> Run(Console& console) override {
    IMCC_ASSIGN(NetworkRequest loaded, MakeRequest(arguments_, console));
    PassOptions passes = loaded.request.passes;
    passes.on_start = [&](const std::string& pass) { console.ShowProgress(pass, 0, 0); };
    PassRunner runner(std::move(passes));
    IMCC_ASSIGN(const QuantizedNetwork network, QuantizeNetwork(loaded.request, runner));
    IMCC_TRY(runner.CheckNames());
    IMCC_ASSIGN(const std::string onnx, ExportQdq(network.quantized));
    {
      const IgnoreInterrupts ignore;
      IMCC_TRY(WriteFile(output_, onnx));
    }
    console.PrintNotes(loaded.notes);
    console.PrintNotes(network.notes);
    const Summary summary = Summarise(network, loaded.request.network.options);
    console.Print(json_ ? Json(summary, output_) : Text(summary, output_));
    return kExitSuccess;
  }

 private:
  NetworkArguments arguments_;
  std::string output_ = "quantized.onnx";
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeQuantizeCommand() { return std::make_unique<QuantizeCommand>(); }

}  // namespace imcc
