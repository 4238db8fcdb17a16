// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/yaml_document.h"
#include "config/network.h"

/// Small readers shared by the parts of a network YAML file: each takes an entry, checks its type
/// and range, and points at it if something is wrong.
namespace imcc {

/// What the readers of one file share.
struct Reading {
  const YamlDocument& document;
  std::string folder;       // Relative paths start here.
  std::vector<Note> notes;  // Grows while reading.
};

/// The keys a map may have.
struct KeyRules {
  std::string what;                   // "model \"resnet\"", for messages.
  std::vector<std::string> known;     // Read by imcc.
  std::vector<std::string> not_ours;  // Valid in such files, not the compiler's business.
  bool open = false;                  // Any other key is not the compiler's business either.
};

/// The node must be a map with distinct keys that the rules allow. Keys that are not ours get a
/// note; an unknown key, or in an open map one that is nearly a known key, is an error.
Status CheckKeys(Reading& reading, const YamlNode& map, const KeyRules& rules);

/// Adds a note that points at the node.
void AddNote(Reading& reading, const YamlNode& node, std::string message,
             Note::Severity severity = Note::Severity::kNote);

/// "KEY must be EXPECTED, not VALUE", pointing at the value, or at the key if there is no value.
Error WrongType(const Reading& reading, const YamlEntry& entry, std::string_view expected,
                std::string hint = "");

Result<std::string> ReadText(const Reading& reading, const YamlEntry& entry);
Result<bool> ReadBool(const Reading& reading, const YamlEntry& entry);
Result<int64_t> ReadInteger(const Reading& reading, const YamlEntry& entry, int64_t min,
                            int64_t max);
Result<double> ReadNumber(const Reading& reading, const YamlEntry& entry);

/// A number, a list of numbers, or text such as "0.485, 0.456, 0.406"; at least one number.
Result<std::vector<double>> ReadNumbers(const Reading& reading, const YamlEntry& entry);

/// Index of the text among `names`.
Result<size_t> ReadChoice(const Reading& reading, const YamlEntry& entry,
                          const std::vector<std::string>& names);
Result<ColorFormat> ReadColorFormat(const Reading& reading, const YamlEntry& entry);

/// An absolute path; environment variables ($NAME) that are set are expanded.
Result<std::string> ReadPath(const Reading& reading, const YamlEntry& entry);

/// A name that also becomes a folder: no separators, no control characters, no leading dot.
Status CheckName(const Reading& reading, const YamlNode& node, std::string_view what);

}  // namespace imcc
