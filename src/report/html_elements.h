// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

/// The small pieces report.html is made of.
namespace imcc {

std::string EscapeHtml(const std::string& text);

/// A section with a heading and a line that says what is to be seen.
std::string HtmlPanel(const std::string& title, const std::string& caption,
                      const std::string& body);

/// One table heading; `explanation` shows on hovering.
struct HtmlColumn {
  std::string title;
  bool number = false;  // Right-aligned.
  std::string explanation = {};
};
std::string HtmlTableOpen(const std::vector<HtmlColumn>& columns);

/// Table cells. `text` is escaped.
std::string HtmlText(const std::string& text);
std::string HtmlNumber(const std::string& text);

/// A part of a bar: its share of the width, CSS class and what hovering shows.
struct HtmlSegment {
  double share = 0;
  std::string style;
  std::string tooltip;
};
/// A table cell with a horizontal bar of segments.
std::string HtmlBar(const std::vector<HtmlSegment>& segments);

/// A coloured square and a name, for legends and cells. `style` names the colour.
std::string HtmlKey(const std::string& style, const std::string& text);

/// The resource that bounds something ("mvm", "l2", ...), as people write it ("MVM", "L2", ...).
std::string ResourceTitle(const std::string& resource);
/// The CSS class of its colour.
std::string ResourceStyle(const std::string& resource);

}  // namespace imcc
