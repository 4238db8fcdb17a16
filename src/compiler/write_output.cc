// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "base/parse_scalar.h"
#include "compiler/compile.h"
#include "compiler/input_files.h"
#include "compiler/output_folder.h"
#include "compiler/preprocess_json.h"
#include "isa/task.h"
#include "onnx/export.h"

namespace imcc {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// docs/runtime.md. Networks of one device part are still written as readers of version 1 know them.
constexpr int kModelVersion = 1;
constexpr int kModelVersionOfParts = 2;
constexpr int kManifestVersion = 1;
constexpr int kManifestVersionOfParts = 2;
constexpr int kConfigVersion = 1;

/// Names of a model need not be UTF-8, JSON must be.
std::string Text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// `int8`: names of the tensors that frames hold as int8.
Json ExternalJson(const Graph& graph, const std::vector<TensorId>& ids,
                  const std::set<std::string>& int8) {
  Json list = Json::array();
  for (const TensorId id : ids)
    list.push_back({{"name", graph.tensor(id).name},
                    {"dtype", int8.contains(graph.tensor(id).name) ? "int8" : "float32"},
                    {"shape", ExternalShape(graph.tensor(id)).dims()}});
  return list;
}

std::string FileOf(const Part& part) { return part.name + (part.on_device ? ".elf" : ".onnx"); }

Json PartsJson(const Partition& partition) {
  Json list = Json::array();
  for (const Part& part : partition.parts)
    list.push_back({{"on", part.on_device ? "device" : "host"}, {"file", FileOf(part)}});
  return list;
}

std::string ModelJson(const Compilation& compilation, const CompileRequest& request) {
  const Partition& partition = compilation.network.partition;
  const Graph& graph = compilation.network.float_graph;
  const bool one = partition.has_one_device_part();
  Json json = {{"version", one ? kModelVersion : kModelVersionOfParts},
               {"network", request.network.name},
               {"model", request.network.model_name},
               {"target", request.target.name}};
  if (one) json["elf"] = "model.elf";
  json["manifest"] = "manifest.json";
  if (one)
    for (const Part& part : partition.parts)
      if (!part.on_device) json[part.name] = FileOf(part);
  if (!one) json["parts"] = PartsJson(partition);
  json["inputs"] = ExternalJson(graph, graph.inputs, compilation.network.int8_io);
  json["outputs"] = ExternalJson(graph, graph.outputs, compilation.network.int8_io);
  json["input_processing"] = InputProcessingJson(request.network);
  return Text(json);
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

/// Adds the inputs, outputs and tensors of a device part.
void AddTensors(const Program& program, const QuantizedGraph& graph, Json& json) {
  Json tensors = Json::array();
  for (const QTensor& tensor : graph.tensors)
    tensors.push_back({{"name", tensor.name},
                       {"stored_shape", tensor.shape.dims()},
                       {"layout", tensor.layout == Layout::kChannelsLast ? "NHWC" : "plain"},
                       {"scale", tensor.quantization.scale},
                       {"zero_point", tensor.quantization.zero_point}});
  json["inputs"] = IoListJson(program.inputs);
  json["outputs"] = IoListJson(program.outputs);
  json["tensors"] = std::move(tensors);
}

Json NameOrNull(const std::string& name) { return name.empty() ? Json(nullptr) : Json(name); }

std::string ManifestJson(const Compilation& compilation, const CompileRequest& request) {
  const std::vector<CompiledProgram>& programs = compilation.programs;
  const std::vector<QuantizedGraph>& graphs = compilation.network.quantized;
  const bool one = programs.size() == 1;
  Json json = {{"version", one ? kManifestVersion : kManifestVersionOfParts},
               {"network", request.network.name},
               {"model", request.network.model_name},
               {"float_kernels", NameOrNull(compilation.network.float_kernels)}};
  if (one) {
    AddTensors(programs[0].program, graphs[0], json);
    return Text(json);
  }
  json["parts"] = Json::array();
  const Partition& partition = compilation.network.partition;
  const std::vector<size_t> parts = partition.DeviceParts();
  for (size_t i = 0; i < programs.size(); ++i) {
    Json part = {{"part", parts[i]}, {"file", FileOf(partition.parts[parts[i]])}};
    AddTensors(programs[i].program, graphs[i], part);
    json["parts"].push_back(std::move(part));
  }
  return Text(json);
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
               {"weight_file", fs::path(network.weight_path).filename().string()},
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

Status WriteParts(const Compilation& compilation, OutputFolder& folder) {
  size_t program = 0;
  for (const Part& part : compilation.network.partition.parts) {
    if (part.on_device) {
      IMCC_TRY(folder.Write(FileOf(part), compilation.programs[program++].elf));
    } else {
      IMCC_ASSIGN(const std::string onnx, ExportOnnx(part.graph));
      IMCC_TRY(folder.Write(FileOf(part), onnx));
    }
  }
  IMCC_ASSIGN(const std::string quantized, QuantizedOnnx(compilation.network));
  return folder.Write("quantized.onnx", quantized);
}

Status WriteReports(const Compilation& compilation, const CompileRequest& request,
                    OutputFolder& folder) {
  Report report = compilation.report;
  IMCC_TRY(folder.Write("compilation.log", LogText(report)));
  if (!request.timings) report.compile_seconds.clear();
  IMCC_TRY(folder.Write("report.json", RenderJson(report)));
  return folder.Write("report.html", RenderHtml(report));
}

fs::path OutputPath(const CompileRequest& request, const std::string& out_dir) {
  return fs::path(out_dir) / request.network.name / request.network.model_name;
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

Result<std::string> QuantizedOnnx(const QuantizedNetwork& network) {
  if (network.quantized.size() == 1) return ExportQdq(network.quantized[0]);
  std::vector<ExportedPart> parts;
  size_t device = 0;
  for (const Part& part : network.partition.parts)
    parts.push_back(part.on_device
                        ? ExportedPart{.host = nullptr, .device = &network.quantized[device++]}
                        : ExportedPart{.host = &part.graph, .device = nullptr});
  return ExportQdq(network.float_graph, parts);
}

Status CheckOutput(const CompileRequest& request, const std::string& out_dir) {
  IMCC_TRY(CheckFolderName(request.network.name, "network"));
  IMCC_TRY(CheckFolderName(request.network.model_name, "model"));
  const fs::path path = OutputPath(request, out_dir);
  std::error_code failure;
  if (!fs::exists(fs::symlink_status(path, failure))) return {};
  IMCC_TRY(CheckReplaceable(path.string()));
  const fs::path folder = fs::canonical(path, failure);
  for (const std::string& input : InputFiles(request)) {
    std::error_code absent;
    const fs::path inside = fs::canonical(input, absent).lexically_relative(folder);
    if (absent || inside.empty() || *inside.begin() == "..") continue;
    return Error{.code = ErrorCode::kUsage,
                 .place = {.file = path.string()},
                 .message = fmt::format("the folder would be replaced, and '{}' in it is read",
                                        inside.string()),
                 .hint = "choose another folder with -o"};
  }
  return {};
}

Result<std::string> WriteOutput(const Compilation& compilation, const CompileRequest& request,
                                const std::string& out_dir, const OpenOutput& open) {
  IMCC_TRY(CheckOutput(request, out_dir));
  const fs::path path = OutputPath(request, out_dir);
  IMCC_ASSIGN(OutputFolder folder, OutputFolder::Create(path.string()));
  IMCC_TRY(folder.Write("model.json", ModelJson(compilation, request)));
  IMCC_TRY(folder.Write("manifest.json", ManifestJson(compilation, request)));
  IMCC_TRY(folder.Write("compile_config.json", ConfigJson(request)));
  IMCC_TRY(WriteParts(compilation, folder));
  IMCC_TRY(WriteReports(compilation, request, folder));
  if (open) {
    const Status opened = open(folder.temporary());
    IMCC_CHECK(opened.ok(), "what was compiled cannot be opened: " + opened.error().Format());
  }
  IMCC_TRY(folder.Commit());
  return (path / "model.json").string();
}

}  // namespace imcc
