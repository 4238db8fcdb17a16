// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/preprocess_json.h"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace imcc {
namespace {

using Json = nlohmann::ordered_json;
using Kind = PreprocessStep::Kind;

constexpr std::array<std::string_view, 8> kKinds = {
    "resize",    "centercrop",     "letterbox",          "torch-totensor",
    "normalize", "linear-scaling", "contrast-normalize", "convert-color"};
constexpr std::array<std::string_view, 3> kInterpolations = {"bilinear", "nearest", "bicubic"};
constexpr std::array<std::string_view, 3> kColors = {"RGB", "BGR", "GRAY"};
constexpr std::array<std::string_view, 2> kLayouts = {"NCHW", "NHWC"};
constexpr int64_t kMaxSide = int64_t{1} << 16;

template <class Enum, size_t n>
std::string_view NameOf(const std::array<std::string_view, n>& names, Enum value) {
  return names.at(static_cast<size_t>(value));
}

template <class Enum, size_t n>
bool ReadEnum(const Json& json, const char* key, const std::array<std::string_view, n>& names,
              Enum& value) {
  if (!json.contains(key)) return true;
  if (!json[key].is_string()) return false;
  for (size_t i = 0; i < n; ++i) {
    if (json[key].get_ref<const std::string&>() != names[i]) continue;
    value = static_cast<Enum>(i);
    return true;
  }
  return false;
}

bool ReadSide(const Json& json, const char* key, int64_t& value) {
  if (!json.contains(key)) return true;
  if (!json[key].is_number_integer()) return false;
  value = json[key].get<int64_t>();
  return value >= 0 && value <= kMaxSide;
}

bool ReadNumbers(const Json& json, const char* key, std::vector<double>& values) {
  constexpr size_t kMaxChannels = 1024;
  if (!json.contains(key)) return true;
  if (!json[key].is_array() || json[key].size() > kMaxChannels) return false;
  for (const Json& value : json[key]) {
    if (!value.is_number()) return false;
    values.push_back(value.get<double>());
  }
  return true;
}

Json StepJson(const PreprocessStep& step) {
  return {{"kind", NameOf(kKinds, step.kind)},
          {"size", step.size},
          {"width", step.width},
          {"height", step.height},
          {"interpolation", NameOf(kInterpolations, step.interpolation)},
          {"scale", step.scale},
          {"mean", step.mean},
          {"std", step.std},
          {"mul", step.mul},
          {"add", step.add},
          {"fill", step.fill},
          {"color_format", NameOf(kColors, step.color_format)}};
}

std::optional<PreprocessStep> ParseStep(const Json& json) {
  PreprocessStep step;
  if (!json.is_object() || !json.contains("kind")) return std::nullopt;
  bool ok = ReadEnum(json, "kind", kKinds, step.kind) && ReadSide(json, "size", step.size) &&
            ReadSide(json, "width", step.width) && ReadSide(json, "height", step.height) &&
            ReadEnum(json, "interpolation", kInterpolations, step.interpolation) &&
            ReadNumbers(json, "mean", step.mean) && ReadNumbers(json, "std", step.std) &&
            ReadNumbers(json, "mul", step.mul) && ReadNumbers(json, "add", step.add) &&
            ReadEnum(json, "color_format", kColors, step.color_format);
  if (ok && json.contains("scale")) {
    ok = json["scale"].is_boolean();
    if (ok) step.scale = json["scale"].get<bool>();
  }
  if (ok && json.contains("fill")) {
    ok = json["fill"].is_number();
    if (ok) step.fill = json["fill"].get<double>();
  }
  if (!ok) return std::nullopt;
  return step;
}

Error Damaged(const std::string& file, const std::string& what) {
  return Error{.code = ErrorCode::kFormat,
               .place = {.file = file},
               .message = what,
               .hint = "compile the network again"};
}

}  // namespace

Json InputProcessingJson(const Network& network) {
  Json steps = Json::array();
  for (const PreprocessStep& step : network.preprocess) steps.push_back(StepJson(step));
  return {{"input_color_format", NameOf(kColors, network.input_color)},
          {"input_tensor_layout", NameOf(kLayouts, network.input_layout)},
          {"num_classes", network.num_classes},
          {"topk", network.topk},
          {"preprocess", std::move(steps)}};
}

Result<Network> ParseInputProcessing(const std::string& model_json, const std::string& file) {
  const Json json = Json::parse(model_json, nullptr, false);
  if (!json.is_object()) return Damaged(file, "is not a JSON object");
  Network network;
  network.model_name = file;
  if (!json.contains("input_processing")) return network;
  const Json& part = json["input_processing"];
  constexpr size_t kMaxSteps = 64;
  if (!part.is_object() || !ReadEnum(part, "input_color_format", kColors, network.input_color) ||
      !ReadEnum(part, "input_tensor_layout", kLayouts, network.input_layout) ||
      !ReadSide(part, "num_classes", network.num_classes) || !ReadSide(part, "topk", network.topk))
    return Damaged(file, "input_processing is damaged");
  if (!part.contains("preprocess")) return network;
  if (!part["preprocess"].is_array() || part["preprocess"].size() > kMaxSteps)
    return Damaged(file, "input_processing.preprocess is not a list of steps");
  for (const Json& step : part["preprocess"]) {
    std::optional<PreprocessStep> parsed = ParseStep(step);
    if (!parsed) return Damaged(file, "a step of input_processing.preprocess is damaged");
    network.preprocess.push_back(std::move(*parsed));
  }
  return network;
}

}  // namespace imcc
