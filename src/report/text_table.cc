// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "report/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace imcc {
namespace {

constexpr size_t kGap = 2;  // Blanks between columns.

/// Width of a line whose columns have these widths; 0 = column left out.
size_t LineWidth(const std::vector<size_t>& widths) {
  size_t total = 0;
  for (const size_t width : widths) total += width > 0 ? width + kGap : 0;
  return total > 0 ? total - kGap : 0;
}

}  // namespace

std::string Abbreviate(const std::string& text, size_t width) {
  if (text.size() <= width) return text;
  if (width <= 2) return text.substr(0, width);
  const size_t head = (width - 2 + 1) / 2;
  return text.substr(0, head) + ".." + text.substr(text.size() - (width - 2 - head));
}

void TextTable::AddRow(std::vector<std::string> cells) {
  IMCC_CHECK(cells.size() == columns_.size(), "a table row with a wrong number of cells");
  rows_.push_back(std::move(cells));
}

std::vector<size_t> TextTable::NaturalWidths() const {
  std::vector<size_t> widths(columns_.size());
  for (size_t i = 0; i < columns_.size(); ++i) {
    widths[i] = columns_[i].title.size();
    for (const auto& row : rows_) widths[i] = std::max(widths[i], row[i].size());
  }
  return widths;
}

std::vector<size_t> TextTable::FittedWidths(size_t width) const {
  std::vector<size_t> widths = NaturalWidths();
  for (size_t i = columns_.size(); i-- > 0;) {
    if (LineWidth(widths) <= width) return widths;
    const size_t excess = LineWidth(widths) - width;
    const size_t least = std::max(columns_[i].min_width, columns_[i].title.size());
    if (columns_[i].min_width > 0 && widths[i] > least)
      widths[i] -= std::min(excess, widths[i] - least);
  }
  for (size_t i = columns_.size(); i-- > 0;)
    if (LineWidth(widths) > width && columns_[i].optional) widths[i] = 0;
  return widths;
}

std::string TextTable::Line(const std::vector<std::string>& cells,
                            const std::vector<size_t>& widths) const {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (widths[i] == 0) continue;
    const std::string cell = Abbreviate(cells[i], widths[i]);
    line += columns_[i].align == Align::kLeft ? fmt::format("{:<{}}", cell, widths[i])
                                              : fmt::format("{:>{}}", cell, widths[i]);
    line += std::string(kGap, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string TextTable::Render(size_t width) const {
  const std::vector<size_t> widths = FittedWidths(width);
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  std::string text = Line(titles, widths) + std::string(LineWidth(widths), '-') + "\n";
  for (const auto& row : rows_) text += Line(row, widths);
  return text;
}

}  // namespace imcc
