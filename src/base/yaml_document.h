// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

/// In: YAML text. Out: a tree that knows the place of every node. Stricter than YAML where YAML
/// surprises: duplicate keys, merge keys, tabs in the indentation, tags and second documents are
/// errors, and depth and size are bounded.
namespace imcc {

struct YamlEntry;

/// One node of a YAML file.
struct YamlNode {
  enum class Kind { kNull, kScalar, kSequence, kMap };
  Kind kind = Kind::kNull;
  bool quoted = false;             // A scalar in quotes is text, whatever it looks like.
  std::string text;                // Of a scalar.
  std::vector<YamlNode> items;     // Of a sequence.
  std::vector<YamlEntry> entries;  // Of a map, in file order; keys are distinct.
  int line = 0;                    // 1-based.
  int column = 0;                  // 1-based, in bytes.

  bool IsNull() const { return kind == Kind::kNull; }
  bool IsScalar() const { return kind == Kind::kScalar; }
  bool IsSequence() const { return kind == Kind::kSequence; }
  bool IsMap() const { return kind == Kind::kMap; }

  /// The entry of this name, or nullptr; also nullptr if this is not a map.
  const YamlEntry* Find(std::string_view key) const;
};

/// One "key: value" of a map.
struct YamlEntry {
  YamlNode key;
  YamlNode value;
};

/// "a map", "a list", "text in quotes", "nothing", or the scalar itself in quotes.
std::string Describe(const YamlNode& node);

/// A parsed file with what it takes to point into it.
class YamlDocument {
 public:
  static Result<YamlDocument> Parse(std::string_view text, std::string file);

  const YamlNode& root() const { return root_; }
  const std::string& file() const { return file_; }

  /// Where the node stands, with its source line; the node's own text is underlined.
  SourcePlace PlaceOf(const YamlNode& node) const;

  /// A configuration error that points at the node.
  Error ErrorAt(const YamlNode& node, std::string message, std::string hint = "") const;

  /// "file:line:col", for notes.
  std::string WhereIs(const YamlNode& node) const;

 private:
  SourcePlace PlaceAt(int line, int column, size_t length) const;

  std::string file_;
  std::string text_;
  std::vector<size_t> line_starts_;  // Offsets into text_.
  YamlNode root_;
};

}  // namespace imcc
