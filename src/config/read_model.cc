// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "base/nearest_name.h"
#include "config/option_fields.h"
#include "config/read_options.h"
#include "config/read_sections.h"

namespace imcc {
namespace {

constexpr int64_t kMaxDimension = 1 << 20;
constexpr int64_t kMaxInputElements = int64_t{1} << 28;
constexpr int64_t kMaxClasses = 10'000'000;
constexpr size_t kMaxRank = 8;

KeyRules ModelKeys(const std::string& name) {
  KeyRules rules;
  rules.what = fmt::format("model {}", Quote(name));
  rules.known = {"class",  // Any class will do whose weight_path is an ONNX file.
                 "weight_path",
                 "weight_md5",
                 "input_tensor_layout",
                 "input_tensor_shape",
                 "input_color_format",
                 "num_classes",
                 "dataset",
                 "extra_kwargs"};
  rules.not_ours = {"class_path",       "weight_url",     "prequantized_url", "prequantized_md5",
                    "task_category",    "version",        "description",      "label_filter",
                    "labels",           "labels_path",    "base_dir",         "precompiled_url",
                    "precompiled_path", "precompiled_md5"};
  return rules;
}

/// A compiler option one level too high is a mistake, not a foreign key.
Status CheckMisplacedOptions(const Reading& reading, const YamlNode& map, const std::string& what,
                             const std::string& home) {
  for (const YamlEntry& entry : map.entries) {
    const std::string& key = entry.key.text;
    const bool is_section = key == "backend_config" || key == "quantization_config" ||
                            (key == "compilation_config" && home == "extra_kwargs");
    if (FindOption(key) == nullptr && !is_section) continue;
    return reading.document.ErrorAt(
        entry.key, fmt::format("{} is for the compiler and has no effect in {}", Quote(key), what),
        fmt::format("move it under {}",
                    key == "compilation_config" ? home : "extra_kwargs.compilation_config"));
  }
  return {};
}

Status ReadWeightPath(Reading& reading, const YamlEntry& model, Network& network) {
  const YamlEntry* entry = model.value.Find("weight_path");
  if (entry == nullptr)
    return reading.document.ErrorAt(
        model.key, fmt::format("model {} lacks \"weight_path\"", Quote(model.key.text)),
        "weight_path: the ONNX file, relative to this YAML file");
  IMCC_ASSIGN(network.weight_path, ReadPath(reading, *entry));
  network.weight_place = reading.document.PlaceOf(entry->value);
  if (std::filesystem::path(network.weight_path).extension() == ".onnx") return {};
  return reading.document.ErrorAt(
      entry->value, fmt::format("weight_path {} is not an .onnx file", Quote(entry->value.text)),
      "export the model to ONNX first, e.g. with torch.onnx.export");
}

Status ReadMd5(Reading& reading, const YamlEntry& entry, Network& network) {
  IMCC_ASSIGN(std::string text, ReadText(reading, entry));
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) {
    return std::isxdigit(static_cast<unsigned char>(c)) != 0;
  });
  if (!digits || text.size() != 32)
    return WrongType(reading, entry, "32 hexadecimal digits", "md5sum FILE prints them");
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  network.weight_md5 = text;
  return {};
}

Status ReadInputShape(Reading& reading, const YamlEntry& entry, Network& network) {
  const YamlNode& value = entry.value;
  if (!value.IsSequence() || value.items.empty() || value.items.size() > kMaxRank)
    return WrongType(reading, entry, fmt::format("a list of 1 to {} dimensions", kMaxRank),
                     "for example [1, 3, 224, 224]");
  int64_t elements = 1;
  for (const YamlNode& item : value.items) {
    YamlEntry dimension{entry.key, item};
    IMCC_ASSIGN(const int64_t size, ReadInteger(reading, dimension, 1, kMaxDimension));
    elements *= size;
    if (elements > kMaxInputElements)
      return reading.document.ErrorAt(
          value, fmt::format("input_tensor_shape has more than {} elements", kMaxInputElements));
    network.input_shape.push_back(size);
  }
  return {};
}

Status ReadInput(Reading& reading, const YamlNode& map, Network& network) {
  if (const YamlEntry* entry = map.Find("input_tensor_layout")) {
    IMCC_ASSIGN(const size_t layout, ReadChoice(reading, *entry, {"NCHW", "NHWC"}));
    network.input_layout = static_cast<InputLayout>(layout);
  }
  if (const YamlEntry* entry = map.Find("input_tensor_shape"))
    IMCC_TRY(ReadInputShape(reading, *entry, network));
  if (const YamlEntry* entry = map.Find("input_color_format")) {
    IMCC_ASSIGN(network.input_color, ReadColorFormat(reading, *entry));
  }
  if (const YamlEntry* entry = map.Find("num_classes")) {
    IMCC_ASSIGN(network.num_classes, ReadInteger(reading, *entry, 0, kMaxClasses));
  }
  return {};
}

Status ReadExtraKwargs(Reading& reading, const YamlEntry& extra, Network& network) {
  if (extra.value.IsNull()) return {};
  if (const YamlEntry* entry = extra.value.Find("compiler_config_file"))
    return reading.document.ErrorAt(entry->key, "a compiler_config_file cannot be read",
                                    "write its options under extra_kwargs.compilation_config");
  IMCC_TRY(CheckMisplacedOptions(reading, extra.value, "extra_kwargs",
                                 "extra_kwargs.compilation_config"));
  KeyRules rules;
  rules.what = "extra_kwargs";
  rules.known = {"compilation_config"};
  rules.open = true;
  IMCC_TRY(CheckKeys(reading, extra.value, rules));
  const YamlEntry* config = extra.value.Find("compilation_config");
  if (config == nullptr) return {};
  IMCC_ASSIGN(network.options, ReadOptions(reading, config->value));
  return {};
}

}  // namespace

Status ReadModel(Reading& reading, const YamlEntry& model, Network& network) {
  IMCC_TRY(CheckMisplacedOptions(reading, model.value,
                                 fmt::format("model {}", Quote(model.key.text)), "extra_kwargs"));
  IMCC_TRY(CheckKeys(reading, model.value, ModelKeys(model.key.text)));
  IMCC_TRY(ReadWeightPath(reading, model, network));
  if (const YamlEntry* entry = model.value.Find("weight_md5"))
    IMCC_TRY(ReadMd5(reading, *entry, network));
  IMCC_TRY(ReadInput(reading, model.value, network));
  const YamlEntry* extra = model.value.Find("extra_kwargs");
  return extra == nullptr ? Status() : ReadExtraKwargs(reading, *extra, network);
}

}  // namespace imcc
