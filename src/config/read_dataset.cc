// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/nearest_name.h"
#include "config/read_sections.h"

namespace imcc {
namespace {

/// The path under the first of the keys that is there; empty if none is or it is null.
Result<std::string> OptionalPath(Reading& reading, const YamlNode& map,
                                 const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    const YamlEntry* entry = map.Find(key);
    if (entry != nullptr && !entry->value.IsNull()) return ReadPath(reading, *entry);
  }
  return std::string();
}

Result<const YamlEntry*> FindDataset(const Reading& reading, const YamlNode& root,
                                     const YamlEntry& reference, const std::string& name) {
  const YamlEntry* datasets = root.Find("datasets");
  if (datasets == nullptr || datasets->value.IsNull())
    return reading.document.ErrorAt(reference.value,
                                    fmt::format("dataset {} is not in this file", Quote(name)),
                                    "add a section datasets: with this name in it");
  if (!datasets->value.IsMap()) return WrongType(reading, *datasets, "a map of data sets");
  const YamlEntry* found = datasets->value.Find(name);
  if (found != nullptr) return found;
  std::vector<std::string> names;
  for (const YamlEntry& entry : datasets->value.entries) names.push_back(entry.key.text);
  std::string hint = DidYouMean(name, names);
  if (hint.empty()) hint = fmt::format("the data sets are {}", fmt::join(names, ", "));
  return reading.document.ErrorAt(reference.value,
                                  fmt::format("dataset {} is not in this file", Quote(name)), hint);
}

}  // namespace

Status ReadDataset(Reading& reading, const YamlNode& root, const YamlEntry& reference,
                   Network& network) {
  if (reference.value.IsNull()) return {};
  IMCC_ASSIGN(const std::string name, ReadText(reading, reference));
  IMCC_ASSIGN(const YamlEntry* entry, FindDataset(reading, root, reference, name));
  Dataset dataset;
  dataset.name = name;
  if (!entry->value.IsNull()) {
    KeyRules rules;
    rules.what = fmt::format("data set {}", Quote(name));
    rules.known = {"repr_imgs_dir_path", "cal_data", "val_data", "labels_path", "labels"};
    rules.open = true;
    IMCC_TRY(CheckKeys(reading, entry->value, rules));
  }
  const YamlNode& map = entry->value;
  IMCC_ASSIGN(dataset.calibration_dir, OptionalPath(reading, map, {"repr_imgs_dir_path"}));
  IMCC_ASSIGN(dataset.calibration_data, OptionalPath(reading, map, {"cal_data"}));
  IMCC_ASSIGN(dataset.validation_data, OptionalPath(reading, map, {"val_data"}));
  IMCC_ASSIGN(dataset.labels_path, OptionalPath(reading, map, {"labels_path", "labels"}));
  network.dataset = std::move(dataset);
  return {};
}

}  // namespace imcc
