// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace imcc {

/// Rows of text in aligned columns, fitted to a width.
class TextTable {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kLeft;
    size_t min_width = 0;   // May be cut to this (0 = never cut).
    bool optional = false;  // Left out, last first, if cutting is not enough.
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// One cell per column; a cell may be empty.
  void AddRow(std::vector<std::string> cells);

  /// Title line, rule, rows; each line ends with a newline and has no trailing blanks.
  std::string Render(size_t width) const;

 private:
  std::vector<size_t> NaturalWidths() const;
  std::vector<size_t> FittedWidths(size_t width) const;
  std::string Line(const std::vector<std::string>& cells, const std::vector<size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// `text` in at most `width` characters, its middle replaced by ".." if it is longer: the two ends
/// of a layer's name say most.
std::string Abbreviate(const std::string& text, size_t width);

}  // namespace imcc
