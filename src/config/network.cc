// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "config/network.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/files.h"
#include "base/nearest_name.h"
#include "config/read_preprocess.h"
#include "config/read_sections.h"

namespace imcc {
namespace {

constexpr Bytes kMaxYamlFile(4 << 20);

std::string AbsoluteFolder(const std::string& yaml_path) {
  std::error_code failure;
  const auto absolute = std::filesystem::absolute(yaml_path.empty() ? "." : yaml_path, failure);
  return yaml_path.empty() ? absolute.string() : absolute.parent_path().string();
}

Status CheckTopLevel(Reading& reading, const YamlNode& root) {
  if (root.IsNull())
    return Error{ErrorCode::kConfig,
                 {.file = reading.document.file()},
                 "",
                 "the file holds no YAML",
                 "a network needs name, models and a weight_path"};
  KeyRules rules;
  rules.what = "the network";
  rules.known = {"name", "models", "pipeline", "datasets"};
  rules.open = true;
  return CheckKeys(reading, root, rules);
}

Result<const YamlEntry*> RequireEntry(const Reading& reading, const YamlNode& root,
                                      const std::string& key, const std::string& hint) {
  const YamlEntry* entry = root.Find(key);
  if (entry != nullptr) return entry;
  return Error{ErrorCode::kConfig,
               {.file = reading.document.file()},
               "",
               fmt::format("the network lacks the key \"{}\"", key),
               hint};
}

/// The entry of models: that the user picked, or the only one.
Result<const YamlEntry*> PickModel(const Reading& reading, const YamlEntry& models,
                                   const std::string& wanted) {
  if (!models.value.IsMap() || models.value.entries.empty())
    return WrongType(reading, models, "a map of models", "write \"NAME:\" below it");
  std::vector<std::string> names;
  for (const YamlEntry& entry : models.value.entries) names.push_back(entry.key.text);
  if (wanted.empty() && names.size() == 1) return &models.value.entries[0];
  const std::string list = fmt::format("{}", fmt::join(names, ", "));
  if (wanted.empty())
    return reading.document.ErrorAt(models.key, fmt::format("the file has {} models", names.size()),
                                    "pick one with --model: " + list);
  const YamlEntry* found = models.value.Find(wanted);
  if (found != nullptr) return found;
  std::string hint = DidYouMean(wanted, names);
  return reading.document.ErrorAt(models.key, fmt::format("no model {} here", Quote(wanted)),
                                  hint.empty() ? "the models are " + list : hint);
}

Result<Network> ReadNetwork(Reading& reading, const std::string& yaml_path,
                            const std::string& model) {
  const YamlNode& root = reading.document.root();
  IMCC_TRY(CheckTopLevel(reading, root));
  Network network;
  network.yaml_path = yaml_path;
  IMCC_ASSIGN(const YamlEntry* name,
              RequireEntry(reading, root, "name", "name: it becomes the output folder's name"));
  IMCC_ASSIGN(network.name, ReadText(reading, *name));
  IMCC_TRY(CheckName(reading, name->value, "as the network's name"));
  IMCC_ASSIGN(const YamlEntry* models,
              RequireEntry(reading, root, "models", "models: {NAME: {weight_path: FILE.onnx}}"));
  IMCC_ASSIGN(const YamlEntry* entry, PickModel(reading, *models, model));
  IMCC_TRY(CheckName(reading, entry->key, "as a model's name"));
  network.model_name = entry->key.text;
  IMCC_TRY(ReadModel(reading, *entry, network));
  if (const YamlEntry* pipeline = root.Find("pipeline"))
    IMCC_TRY(ReadPipeline(reading, *pipeline, network));
  if (const YamlEntry* dataset = entry->value.Find("dataset"))
    IMCC_TRY(ReadDataset(reading, root, *dataset, network));
  return network;
}

}  // namespace

Result<LoadedNetwork> LoadNetwork(const std::string& yaml_path, const std::string& model) {
  IMCC_ASSIGN(const std::string text, ReadFile(yaml_path, kMaxYamlFile, ErrorCode::kConfig));
  return ParseNetwork(text, yaml_path, model);
}

Result<LoadedNetwork> ParseNetwork(const std::string& text, const std::string& yaml_path,
                                   const std::string& model) {
  if (text.size() > static_cast<size_t>(kMaxYamlFile.count()))
    return Error{ErrorCode::kConfig,
                 {.file = yaml_path},
                 "",
                 fmt::format("has {} bytes, more than the {} allowed here", text.size(),
                             kMaxYamlFile.count()),
                 "check that this is the right file"};
  IMCC_ASSIGN(const YamlDocument document, YamlDocument::Parse(text, yaml_path));
  Reading reading{document, AbsoluteFolder(yaml_path), {}};
  IMCC_ASSIGN(Network network, ReadNetwork(reading, yaml_path, model));
  return LoadedNetwork{std::move(network), std::move(reading.notes)};
}

Result<std::vector<PreprocessStep>> ParsePreprocess(const std::vector<std::string>& steps) {
  std::string text = "preprocess:\n";
  for (const std::string& step : steps) {
    if (step.find_first_of("\r\n") != std::string::npos)
      return Error{.code = ErrorCode::kConfig,
                   .subject = "--preprocess",
                   .message = "holds more than one line",
                   .hint = "give the flag once for each step"};
    text += "- " + step + "\n";
  }
  IMCC_ASSIGN(const YamlDocument document, YamlDocument::Parse(text, "--preprocess"));
  Reading reading{document, AbsoluteFolder(""), {}};
  const YamlEntry* list = document.root().Find("preprocess");
  if (list == nullptr)
    return Error{.code = ErrorCode::kConfig,
                 .subject = "--preprocess",
                 .message = "is no list of steps",
                 .hint = "for example --preprocess 'resize: {size: 256}'"};
  return ReadPreprocess(reading, *list);
}

Network NetworkFromModel(const std::string& onnx_path) {
  std::error_code failure;
  const std::filesystem::path path = std::filesystem::absolute(onnx_path, failure);
  Network network;
  network.name = path.stem().string();
  network.model_name = network.name;
  network.weight_path = path.lexically_normal().string();
  network.weight_place.file = onnx_path;
  return network;
}

}  // namespace imcc
