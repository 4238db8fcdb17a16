// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/parse_scalar.h"
#include "compiler/compile.h"
#include "compiler/output_folder.h"
#include "compiler/preprocess_json.h"
#include "onnx/export.h"

namespace imcc {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kModelVersion = 1;  // docs/runtime.md.
constexpr int kManifestVersion = 1;
constexpr int kConfigVersion = 1;

/// Names of a model need not be UTF-8, JSON must be.
std::string Text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json ExternalJson(const Graph& graph, const std::vector<TensorId>& ids) {
  Json list = Json::array();
  for (const TensorId id : ids)
    list.push_back({{"name", graph.tensor(id).name},
                    {"dtype", "float32"},
                    {"shape", ExternalShape(graph.tensor(id)).dims()}});
  return list;
}

std::string ModelJson(const Compilation& compilation, const CompileRequest& request) {
  const Partition& partition = compilation.network.partition;
  const Graph& graph = compilation.network.float_graph;
  Json json = {{"version", kModelVersion},
               {"network", request.network.name},
               {"model", request.network.model_name},
               {"target", request.target.name},
               {"elf", "model.elf"},
               {"manifest", "manifest.json"}};
  if (partition.prologue) json["prologue"] = "prologue.onnx";
  if (partition.epilogue) json["epilogue"] = "epilogue.onnx";
  json["inputs"] = ExternalJson(graph, graph.inputs);
  json["outputs"] = ExternalJson(graph, graph.outputs);
  json["input_processing"] = InputProcessingJson(request.network);
  return Text(json);
}

const char* RegionName(Region region) {
  return region == Region::kL1 ? "L1" : region == Region::kL2 ? "L2" : "DDR";
}

/// A tensor as the host must lay it out on the device.
Json IoJson(const IoTensor& tensor) {
  std::vector<int64_t> external = tensor.shape.dims();
  if (tensor.channels_last && external.size() == 4)
    external = {external[0], external[3], external[1], external[2]};
  return {{"name", tensor.name},
          {"dtype", "int8"},
          {"shape", external},
          {"stored_shape", tensor.shape.dims()},
          {"layout", tensor.channels_last ? "NHWC" : "plain"},
          {"memory", RegionName(tensor.address.region)},
          {"offset", tensor.address.offset},
          {"bytes", tensor.bytes()},
          {"height", tensor.height},
          {"width", tensor.width},
          {"channels", tensor.channels},
          {"row_stride", tensor.row_stride},
          {"pixel_stride", tensor.pixel_stride},
          {"channel_padding", tensor.pixel_stride - tensor.channels},
          {"scale", tensor.scale},
          {"zero_point", tensor.zero_point}};
}

Json IoListJson(const std::vector<IoTensor>& tensors) {
  Json list = Json::array();
  for (const IoTensor& tensor : tensors) list.push_back(IoJson(tensor));
  return list;
}

std::string ManifestJson(const Compilation& compilation, const CompileRequest& request) {
  const Program& program = compilation.compiled.program;
  Json tensors = Json::array();
  for (const QTensor& tensor : compilation.network.quantized.tensors)
    tensors.push_back({{"name", tensor.name},
                       {"stored_shape", tensor.shape.dims()},
                       {"layout", tensor.layout == Layout::kChannelsLast ? "NHWC" : "plain"},
                       {"scale", tensor.quantization.scale},
                       {"zero_point", tensor.quantization.zero_point}});
  return Text({{"version", kManifestVersion},
               {"network", request.network.name},
               {"model", request.network.model_name},
               {"inputs", IoListJson(program.inputs)},
               {"outputs", IoListJson(program.outputs)},
               {"tensors", std::move(tensors)}});
}

/// The option's value with the type it has.
Json OptionJson(const CompilationOptions& options, const OptionInfo& info) {
  const std::string text = OptionValue(options, info.flat);
  if (const auto flag = ParseBool(text)) return *flag;
  if (const auto integer = ParseInteger(text)) return *integer;
  if (const auto number = ParseNumber(text)) return *number;
  if (text.empty() || text == "null" || text == "none") return nullptr;
  return text;
}

std::string ConfigJson(const CompileRequest& request) {
  const Network& network = request.network;
  Json options = Json::object();
  for (const OptionInfo& info : OptionTable())
    options[std::string(info.flat)] = OptionJson(network.options, info);
  // File names without their folders: moving the sources must not change the bytes.
  return Text({{"version", kConfigVersion},
               {"imcc_version", ImccVersion()},
               {"network", network.name},
               {"model", network.model_name},
               {"weight_file", std::filesystem::path(network.weight_path).filename().string()},
               {"weight_md5", network.weight_md5},
               {"target", request.target.name},
               {"input_shape", network.input_shape},
               {"input_shapes", request.input_shapes},
               {"calibration_limit", request.calibration_limit},
               {"random_calibration", request.random_calibration},
               {"disabled_passes", request.passes.disabled},
               {"compilation_config", std::move(options)}});
}

/// What happened, without times: the log too is the same for the same inputs.
std::string LogText(const Report& report) {
  std::string text = fmt::format("imcc {}: {}/{} for {}\n\npasses:\n", report.imcc_version,
                                 report.network, report.model, report.target);
  for (const auto& [pass, seconds] : report.compile_seconds) text += fmt::format("  {}\n", pass);
  text += "\noptions:\n";
  for (const auto& [name, value] : report.options) text += fmt::format("  {} = {}\n", name, value);
  constexpr int kLogColumns = 140;
  return fmt::format("{}\n{}", text, RenderText(report, kLogColumns));
}

Status WriteGraphs(const QuantizedNetwork& network, OutputFolder& folder) {
  IMCC_ASSIGN(const std::string quantized, ExportQdq(network.quantized));
  IMCC_TRY(folder.Write("quantized.onnx", quantized));
  if (network.partition.prologue) {
    IMCC_ASSIGN(const std::string prologue, ExportOnnx(*network.partition.prologue));
    IMCC_TRY(folder.Write("prologue.onnx", prologue));
  }
  if (network.partition.epilogue) {
    IMCC_ASSIGN(const std::string epilogue, ExportOnnx(*network.partition.epilogue));
    IMCC_TRY(folder.Write("epilogue.onnx", epilogue));
  }
  return {};
}

Status WriteReports(const Compilation& compilation, const CompileRequest& request,
                    OutputFolder& folder) {
  Report report = compilation.compiled.report;
  IMCC_TRY(folder.Write("compilation.log", LogText(report)));
  if (!request.timings) report.compile_seconds.clear();
  IMCC_TRY(folder.Write("report.json", RenderJson(report)));
  return folder.Write("report.html", RenderHtml(report));
}

/// A name that is one folder, here.
Status CheckFolderName(const std::string& name, const char* what) {
  constexpr size_t kMaxName = 200;
  const bool plain = !name.empty() && name != "." && name != ".." && name.size() <= kMaxName &&
                     name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
  if (plain) return {};
  return Error{.code = ErrorCode::kConfig,
               .subject = name,
               .message = fmt::format("the name of the {} cannot be the name of a folder", what),
               .hint = "rename it: no slashes, at most 200 characters"};
}

}  // namespace

Result<std::string> WriteOutput(const Compilation& compilation, const CompileRequest& request,
                                const std::string& out_dir) {
  IMCC_TRY(CheckFolderName(request.network.name, "network"));
  IMCC_TRY(CheckFolderName(request.network.model_name, "model"));
  const std::filesystem::path path =
      std::filesystem::path(out_dir) / request.network.name / request.network.model_name;
  IMCC_ASSIGN(OutputFolder folder, OutputFolder::Create(path.string()));
  IMCC_TRY(folder.Write("model.json", ModelJson(compilation, request)));
  IMCC_TRY(folder.Write("manifest.json", ManifestJson(compilation, request)));
  IMCC_TRY(folder.Write("model.elf", compilation.compiled.elf));
  IMCC_TRY(folder.Write("compile_config.json", ConfigJson(request)));
  IMCC_TRY(WriteGraphs(compilation.network, folder));
  IMCC_TRY(WriteReports(compilation, request, folder));
  IMCC_TRY(folder.Commit());
  return (path / "model.json").string();
}

}  // namespace imcc
