// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "config/read_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/nearest_name.h"
#include "config/option_fields.h"

namespace imcc {
namespace {

/// Options of the vendor's compiler that imcc has no counterpart for. Its zoo files set some.
const std::vector<std::string>& VendorOnlyOptions() {
  static const std::vector<std::string> names = {"force_oc_tiling",
                                                 "group_ifdw_tasks",
                                                 "host_double_buffer",
                                                 "ignore_weight_buffers",
                                                 "imc_double_buffer_pipeline",
                                                 "imc_double_buffer_sequential",
                                                 "max_tiling_attempts",
                                                 "quantization_debug",
                                                 "quantize_dw_channel_wise",
                                                 "save_error_artifact",
                                                 "single_op_network_aicore_start_idx",
                                                 "single_op_network_use_ddr",
                                                 "stream_tasklist",
                                                 "use_sysdma"};
  return names;
}

/// Where an option was set and how it was spelled there.
struct Setting {
  const YamlEntry* entry = nullptr;
  std::string spelling;
};

class OptionReader {
 public:
  explicit OptionReader(Reading& reading) : reading_(reading) {}

  Result<CompilationOptions> Read(const YamlNode& config);

 private:
  Status ReadMap(const YamlNode& map, const std::string& section);
  Status ReadEntry(const YamlEntry& entry, const std::string& section);
  Status Set(const OptionField& field, const YamlEntry& entry, const std::string& spelling);
  Status SetFromText(const OptionField& field, const YamlEntry& entry);
  Error UnknownKey(const YamlEntry& entry, const std::string& section) const;

  Reading& reading_;
  CompilationOptions options_;
  std::map<std::string, Setting, std::less<>> settings_;  // By flat name.
};

std::string Spelling(const std::string& section, const std::string& key) {
  return section.empty() ? key : section + "." + key;
}

/// Full spellings that are valid in this section ("" = flat), without the section's name.
std::vector<std::string> KeysOfSection(const std::string& section) {
  std::vector<std::string> keys;
  if (section.empty()) {
    for (const OptionInfo& row : OptionTable()) keys.emplace_back(row.flat);
    keys.insert(keys.end(), {"quantization_config", "backend_config"});
    return keys;
  }
  for (const OptionInfo& row : OptionTable()) {
    const size_t dot = row.nested.find('.');
    if (row.nested.substr(0, dot) == section) keys.emplace_back(row.nested.substr(dot + 1));
  }
  return keys;
}

Result<CompilationOptions> OptionReader::Read(const YamlNode& config) {
  IMCC_TRY(ReadMap(config, ""));
  const Status rules = CheckOptions(options_);
  if (rules.ok()) return options_;
  Error error = rules.error();
  const auto setting = settings_.find(error.subject);
  if (setting != settings_.end())
    error.place = reading_.document.PlaceOf(setting->second.entry->value);
  return error;
}

Status OptionReader::ReadMap(const YamlNode& map, const std::string& section) {
  const std::string name = section.empty() ? "compilation_config" : section;
  if (map.IsNull()) return {};
  if (!map.IsMap())
    return reading_.document.ErrorAt(map,
                                     fmt::format("{} must be a map, not {}", name, Describe(map)));
  for (const YamlEntry& entry : map.entries) IMCC_TRY(ReadEntry(entry, section));
  return {};
}

Status OptionReader::ReadEntry(const YamlEntry& entry, const std::string& section) {
  const std::string& key = entry.key.text;
  const bool is_section = key == "quantization_config" || key == "backend_config";
  if (section.empty() && is_section) return ReadMap(entry.value, key);
  const std::string spelling = Spelling(section, key);
  for (const OptionField& field : OptionFields()) {
    if (spelling == (section.empty() ? field.info.flat : field.info.nested))
      return Set(field, entry, spelling);
  }
  const auto& vendor = VendorOnlyOptions();
  if (std::find(vendor.begin(), vendor.end(), key) == vendor.end())
    return UnknownKey(entry, section);
  AddNote(reading_, entry.key, fmt::format("option {} has no counterpart in imcc: ignored", key),
          Note::Severity::kWarning);
  return {};
}

Status OptionReader::Set(const OptionField& field, const YamlEntry& entry,
                         const std::string& spelling) {
  const std::string flat(field.info.flat);
  const auto [earlier, is_new] = settings_.emplace(flat, Setting{&entry, spelling});
  const std::string before = OptionValue(options_, flat);
  IMCC_TRY(SetFromText(field, entry));
  const std::string after = OptionValue(options_, flat);
  if (is_new || before == after) return {};
  const Setting& first = earlier->second;
  return reading_.document.ErrorAt(
      entry.value,
      fmt::format("{} is {} here, but line {} sets {} to {}; they are the same option", spelling,
                  after, first.entry->value.line, first.spelling, before),
      fmt::format("keep one of the two: line {} or line {}", first.entry->value.line,
                  entry.value.line));
}

/// What a value of this option looks like.
std::string_view Expected(const OptionInfo& row) {
  if (row.type == "bool") return "true or false";
  if (row.type == "enum") return "one of its names";
  if (row.type == "float") return "a number";
  return row.type == "bytes" ? "a number of bytes" : "a whole number";
}

Status OptionReader::SetFromText(const OptionField& field, const YamlEntry& entry) {
  const YamlNode& value = entry.value;
  const bool takes_quotes = field.info.type == "enum";
  const bool may_be_null = OptionValue(CompilationOptions(), field.info.flat) == "null";
  if (value.IsMap() || value.IsSequence() || (value.quoted && !takes_quotes) ||
      (value.IsNull() && !may_be_null))
    return WrongType(
        reading_, entry, Expected(field.info),
        fmt::format("valid: {}{}", field.info.range, value.quoted ? ", without quotes" : ""));
  const Status status =
      SetOption(options_, field.info.flat, value.IsNull() ? "null" : std::string_view(value.text));
  if (status.ok()) return {};
  Error error = status.error();
  error.place = reading_.document.PlaceOf(value.IsNull() ? entry.key : value);
  return error;
}

Error OptionReader::UnknownKey(const YamlEntry& entry, const std::string& section) const {
  const std::string& key = entry.key.text;
  const std::string where = section.empty() ? "compilation_config" : section;
  std::string hint;
  for (const OptionInfo& row : OptionTable()) {
    const bool is_flat = row.flat == key;
    const bool is_nested = row.nested.substr(row.nested.find('.') + 1) == key;
    if (is_flat || is_nested)
      hint = fmt::format("write {}, or {} directly under compilation_config", row.nested, row.flat);
  }
  if (hint.empty()) hint = DidYouMean(key, KeysOfSection(section));
  if (hint.empty())
    hint = fmt::format("valid keys are {}", fmt::join(KeysOfSection(section), ", "));
  return reading_.document.ErrorAt(entry.key,
                                   fmt::format("unknown key {} in {}", Quote(key), where), hint);
}

}  // namespace

Result<CompilationOptions> ReadOptions(Reading& reading, const YamlNode& compilation_config) {
  return OptionReader(reading).Read(compilation_config);
}

}  // namespace imcc
