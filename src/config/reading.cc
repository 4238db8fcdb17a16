// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "config/reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/nearest_name.h"
#include "base/parse_scalar.h"

namespace imcc {
namespace {

constexpr size_t kMaxNumbers = 64;  // Of a mean or std; images have 1 or 3 channels.
constexpr size_t kMaxName = 128;    // File systems allow 255 bytes.
constexpr size_t kTypoDistance = 2;

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

/// In an open map a foreign key is fine, but not one that looks like a slip of the pen.
bool IsTypo(std::string_view key, const std::vector<std::string>& known) {
  const std::string nearest = NearestName(key, known);
  return !nearest.empty() && EditDistance(key, nearest) <= kTypoDistance;
}

bool IsNameCharacter(char c) {
  return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// Replaces $NAME and ${NAME} by the environment's value; unset ones stay as they are.
std::string ExpandVariables(const std::string& text) {
  std::string expanded;
  for (size_t at = 0; at < text.size();) {
    size_t end = at + 1;
    const bool braces = text[at] == '$' && end < text.size() && text[end] == '{';
    const size_t begin = braces ? at + 2 : at + 1;
    end = begin;
    while (text[at] == '$' && end < text.size() && IsNameCharacter(text[end])) ++end;
    const bool closed = !braces || (end < text.size() && text[end] == '}');
    const char* value = text[at] == '$' && end > begin && closed
                            ? std::getenv(text.substr(begin, end - begin).c_str())
                            : nullptr;
    if (value != nullptr) {
      expanded += value;
      at = end + (braces ? 1 : 0);
    } else {
      expanded += text[at++];
    }
  }
  return expanded;
}

/// One number of a list or of a comma-separated text.
Result<double> OneNumber(const Reading& reading, const YamlEntry& entry, const YamlNode& node,
                         std::string_view text) {
  const size_t begin = text.find_first_not_of(' ');
  const size_t end = text.find_last_not_of(' ');
  if (begin != std::string_view::npos) text = text.substr(begin, end - begin + 1);
  const std::optional<double> number = ParseNumber(text);
  if (number) return *number;
  return reading.document.ErrorAt(
      node, fmt::format("\"{}\": {} is not a number", entry.key.text, Quote(text)));
}

}  // namespace

void AddNote(Reading& reading, const YamlNode& node, std::string message, Note::Severity severity) {
  reading.notes.push_back({severity, reading.document.WhereIs(node), std::move(message)});
}

Error WrongType(const Reading& reading, const YamlEntry& entry, std::string_view expected,
                std::string hint) {
  return reading.document.ErrorAt(
      entry.value.IsNull() ? entry.key : entry.value,
      fmt::format("\"{}\" must be {}, not {}", entry.key.text, expected, Describe(entry.value)),
      std::move(hint));
}

Status CheckKeys(Reading& reading, const YamlNode& map, const KeyRules& rules) {
  if (!map.IsMap())
    return reading.document.ErrorAt(
        map, fmt::format("{} must be a map, not {}", rules.what, Describe(map)),
        fmt::format("its keys are {}", fmt::join(rules.known, ", ")));
  for (const YamlEntry& entry : map.entries) {
    const std::string& key = entry.key.text;
    if (Contains(rules.known, key)) continue;
    const bool foreign = Contains(rules.not_ours, key) || (rules.open && !IsTypo(key, rules.known));
    if (foreign) {
      AddNote(reading, entry.key,
              fmt::format("key {} of {} does not concern the compiler", Quote(key), rules.what));
      continue;
    }
    std::string hint = DidYouMean(key, rules.known);
    if (hint.empty()) hint = fmt::format("valid keys are {}", fmt::join(rules.known, ", "));
    return reading.document.ErrorAt(
        entry.key, fmt::format("unknown key {} in {}", Quote(key), rules.what), hint);
  }
  return {};
}

Result<std::string> ReadText(const Reading& reading, const YamlEntry& entry) {
  if (!entry.value.IsScalar()) return WrongType(reading, entry, "text");
  if (entry.value.text.empty())
    return reading.document.ErrorAt(entry.value, fmt::format("\"{}\" is empty", entry.key.text));
  if (HasControlCharacter(entry.value.text))
    return reading.document.ErrorAt(
        entry.value, fmt::format("\"{}\" holds a control character", entry.key.text));
  return entry.value.text;
}

Result<bool> ReadBool(const Reading& reading, const YamlEntry& entry) {
  const bool plain = entry.value.IsScalar() && !entry.value.quoted;
  const std::optional<bool> value = plain ? ParseBool(entry.value.text) : std::nullopt;
  if (!value) return WrongType(reading, entry, "true or false");
  return *value;
}

Result<int64_t> ReadInteger(const Reading& reading, const YamlEntry& entry, int64_t min,
                            int64_t max) {
  const bool plain = entry.value.IsScalar() && !entry.value.quoted;
  const std::optional<int64_t> value = plain ? ParseInteger(entry.value.text) : std::nullopt;
  if (!value) return WrongType(reading, entry, "a whole decimal number");
  if (*value < min || *value > max)
    return WrongType(reading, entry, fmt::format("from {} to {}", min, max));
  return *value;
}

Result<double> ReadNumber(const Reading& reading, const YamlEntry& entry) {
  const bool plain = entry.value.IsScalar() && !entry.value.quoted;
  const std::optional<double> value = plain ? ParseNumber(entry.value.text) : std::nullopt;
  if (!value) return WrongType(reading, entry, "a number");
  return *value;
}

Result<std::vector<double>> ReadNumbers(const Reading& reading, const YamlEntry& entry) {
  const YamlNode& value = entry.value;
  std::vector<double> numbers;
  if (value.IsSequence()) {
    for (const YamlNode& item : value.items) {
      if (!item.IsScalar()) return WrongType(reading, entry, "a list of numbers");
      IMCC_ASSIGN(const double number, OneNumber(reading, entry, item, item.text));
      numbers.push_back(number);
    }
  } else if (value.IsScalar()) {
    std::string_view rest = value.text;
    while (true) {
      const size_t comma = rest.find(',');
      IMCC_ASSIGN(const double number, OneNumber(reading, entry, value, rest.substr(0, comma)));
      numbers.push_back(number);
      if (comma == std::string_view::npos || numbers.size() > kMaxNumbers) break;
      rest.remove_prefix(comma + 1);
    }
  } else {
    return WrongType(reading, entry, "a number or a list of numbers");
  }
  if (numbers.empty() || numbers.size() > kMaxNumbers)
    return reading.document.ErrorAt(
        value, fmt::format("\"{}\" must have 1 to {} numbers, not {}", entry.key.text, kMaxNumbers,
                           numbers.size()));
  return numbers;
}

Result<size_t> ReadChoice(const Reading& reading, const YamlEntry& entry,
                          const std::vector<std::string>& names) {
  IMCC_ASSIGN(const std::string text, ReadText(reading, entry));
  const auto found = std::find(names.begin(), names.end(), text);
  if (found != names.end()) return static_cast<size_t>(found - names.begin());
  std::string hint = DidYouMean(text, names);
  if (hint.empty()) hint = fmt::format("valid: {}", fmt::join(names, ", "));
  return reading.document.ErrorAt(
      entry.value, fmt::format("\"{}\" has no value {}", entry.key.text, Quote(text)), hint);
}

Result<ColorFormat> ReadColorFormat(const Reading& reading, const YamlEntry& entry) {
  IMCC_ASSIGN(const size_t choice, ReadChoice(reading, entry, {"RGB", "BGR", "GRAY"}));
  return static_cast<ColorFormat>(choice);
}

Result<std::string> ReadPath(const Reading& reading, const YamlEntry& entry) {
  IMCC_ASSIGN(const std::string text, ReadText(reading, entry));
  const std::filesystem::path path = std::filesystem::path(reading.folder) / ExpandVariables(text);
  return path.lexically_normal().string();
}

Status CheckName(const Reading& reading, const YamlNode& node, std::string_view what) {
  const std::string& name = node.text;
  const bool fits = node.IsScalar() && !name.empty() && name.size() <= kMaxName && name[0] != '.' &&
                    !HasControlCharacter(name) && name.find_first_of("/\\") == std::string::npos;
  if (fits) return {};
  return reading.document.ErrorAt(
      node, fmt::format("{} {} cannot name a folder", Describe(node), what),
      fmt::format("use 1 to {} characters, no '/' or '\\', no leading '.'", kMaxName));
}

}  // namespace imcc
