// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/network_arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "base/parse_scalar.h"
#include "target/target.h"

namespace imcc {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDefaultTarget = "quad512";

Error UsageError(const std::string& subject, const std::string& message, const std::string& hint) {
  return Error{.code = ErrorCode::kUsage, .subject = subject, .message = message, .hint = hint};
}

bool HasExtension(const std::string& path, const std::string& extension) {
  std::string actual = fs::path(path).extension().string();
  std::transform(actual.begin(), actual.end(), actual.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return actual == extension;
}

Result<LoadedNetwork> Load(const NetworkArguments& arguments) {
  std::error_code ignored;
  if (!fs::exists(arguments.network, ignored))
    return Error{.code = ErrorCode::kIo,
                 .place = {.file = arguments.network},
                 .message = "no such file",
                 .hint = "give a network YAML file or an ONNX model"};
  if (!HasExtension(arguments.network, ".onnx"))
    return LoadNetwork(arguments.network, arguments.model);
  LoadedNetwork loaded{.network = NetworkFromModel(arguments.network)};
  if (!arguments.model.empty())
    return UsageError("--model", "picks a model of a network YAML file, and this is an ONNX file",
                      "leave it out");
  return loaded;
}

Status ApplySettings(const std::vector<std::string>& settings, CompilationOptions& options) {
  for (const std::string& setting : settings) {
    const size_t equals = setting.find('=');
    if (equals == std::string::npos)
      return UsageError("--set " + setting, "is not key=value", "for example --set tiling_depth=6");
    IMCC_TRY(SetOption(options, setting.substr(0, equals), setting.substr(equals + 1)));
  }
  return CheckOptions(options);
}

std::string Absolute(const std::string& path) {
  std::error_code ignored;
  return fs::absolute(path, ignored).lexically_normal().string();
}

void ApplyCalibration(const NetworkArguments& arguments, Network& network) {
  if (arguments.images.empty() && arguments.calibration.empty()) return;
  if (!network.dataset) network.dataset = Dataset{.name = "command line"};
  // A flag replaces what the YAML says.
  network.dataset->calibration_dir =
      arguments.images.empty() ? std::string() : Absolute(arguments.images);
  network.dataset->calibration_data =
      arguments.calibration.empty() ? std::string() : Absolute(arguments.calibration);
}

Status ApplyPreprocess(const NetworkArguments& arguments, Network& network) {
  if (!arguments.preprocess.empty()) {
    IMCC_ASSIGN(network.preprocess, ParsePreprocess(arguments.preprocess));
  }
  if (!arguments.color_format.empty())
    network.input_color = arguments.color_format == "RGB"   ? ColorFormat::kRgb
                          : arguments.color_format == "BGR" ? ColorFormat::kBgr
                                                            : ColorFormat::kGray;
  return {};
}

void ApplyPassOptions(const NetworkArguments& arguments, Console& console,
                      CompileRequest& request) {
  request.passes.disabled = arguments.disabled;
  request.passes.dump_after = arguments.dump_after;
  request.passes.dump_sink = [&console](const std::string& name, const std::string& text) {
    console.PrintLog(fmt::format("--- after {}\n{}{}", name, text,
                                 text.empty() || text.back() != '\n' ? "\n" : ""));
  };
  request.progress = [&console](const std::string& stage, int64_t done, int64_t of) {
    console.ShowProgress(stage, done, of);
  };
}

}  // namespace

void NetworkArguments::Register(CLI::App& sub) {
  sub.add_option("network", network, "network YAML file, or ONNX model")->required();
  sub.add_option("--model", model, "which model of the YAML file, if it has several");
  target = kDefaultTarget;
  sub.add_option("--target", target, "machine: a name (see imcc targets) or a YAML file")
      ->capture_default_str();
  sub.add_option("--set", settings, "compilation option, key=value; may be repeated")
      ->allow_extra_args(false);
  sub.add_option("--input-shape", input_shapes,
                 "[name:]1,3,224,224 fixes dynamic dimensions; may be repeated")
      ->allow_extra_args(false)
      ->delimiter('\0');
  sub.add_option("--images", images, "folder of calibration images");
  sub.add_option("--calibration", calibration,
                 "calibration data: .npy, raw tensors (NAME_NxCxHxW.u8 or .f32) or a list");
  sub.add_option("--preprocess", preprocess,
                 "a step as in the YAML, e.g. 'resize: {size: 256}'; once for each, in order")
      ->allow_extra_args(false)
      ->delimiter('\0');
  sub.add_option("--color-format", color_format, "what the model's input wants")
      ->check(CLI::IsMember({"RGB", "BGR", "GRAY"}));
  sub.add_option("--calibration-limit", calibration_limit, "calibration samples used at most")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 30));
  sub.add_flag("--random-calibration", random_calibration,
               "calibrate on random inputs: timing only, accuracy is meaningless");
  sub.add_option("--disable", disabled, "leave out a pass; may be repeated")
      ->allow_extra_args(false);
  sub.add_option("--dump-after", dump_after,
                 "print the result of a pass (or of \"all\") on standard error; may be repeated")
      ->allow_extra_args(false);
  sub.add_option("--threads", threads, "0 = all cores; never changes a result")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
}

Result<std::pair<std::string, std::vector<int64_t>>> ParseInputShape(const std::string& text) {
  const size_t colon = text.rfind(':');
  const std::string name = colon == std::string::npos ? "" : text.substr(0, colon);
  std::string rest = colon == std::string::npos ? text : text.substr(colon + 1);
  std::replace(rest.begin(), rest.end(), 'x', ',');
  std::vector<int64_t> dims;
  for (size_t begin = 0; begin <= rest.size();) {
    const size_t end = std::min(rest.find(',', begin), rest.size());
    const auto dim = ParseInteger(std::string_view(rest).substr(begin, end - begin));
    if (!dim || *dim < 1)
      return UsageError("--input-shape " + text, "is not a list of positive dimensions",
                        "for example --input-shape 1,3,224,224 or --input-shape data:1,3,224,224");
    dims.push_back(*dim);
    begin = end + 1;
  }
  return std::make_pair(name, std::move(dims));
}

Result<NetworkRequest> MakeRequest(const NetworkArguments& arguments, Console& console) {
  IMCC_ASSIGN(LoadedNetwork loaded, Load(arguments));
  NetworkRequest result{.notes = std::move(loaded.notes)};
  CompileRequest& request = result.request;
  request.network = std::move(loaded.network);
  IMCC_TRY(ApplySettings(arguments.settings, request.network.options));
  IMCC_ASSIGN(request.target, LoadTarget(arguments.target));
  for (const std::string& text : arguments.input_shapes) {
    IMCC_ASSIGN(auto shape, ParseInputShape(text));
    request.input_shapes[shape.first] = std::move(shape.second);
  }
  ApplyCalibration(arguments, request.network);
  IMCC_TRY(ApplyPreprocess(arguments, request.network));
  request.calibration_limit = arguments.calibration_limit;
  request.random_calibration = arguments.random_calibration;
  request.threads = arguments.threads;
  ApplyPassOptions(arguments, console, request);
  return result;
}

}  // namespace imcc
