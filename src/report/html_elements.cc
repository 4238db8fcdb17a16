// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "report/html_elements.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace imcc {
namespace {

/// As Bounds names them, with "move" for copies within L1 and "latency" for a layer that waits more
/// than it works.
constexpr std::array<std::pair<const char*, const char*>, 8> kResources = {
    {{"mvm", "MVM"},
     {"weights", "weight load"},
     {"vector", "vector"},
     {"depthwise", "depthwise"},
     {"move", "moves within L1"},
     {"l2", "L2"},
     {"ddr", "DDR"},
     {"latency", "latency"}}};

}  // namespace

std::string EscapeHtml(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string HtmlPanel(const std::string& title, const std::string& caption,
                      const std::string& body) {
  return fmt::format("<section><h2>{}</h2>{}\n{}</section>\n", title,
                     caption.empty() ? "" : "<p>" + caption + "</p>", body);
}

std::string HtmlTableOpen(const std::vector<HtmlColumn>& columns) {
  std::string html = "<table><thead><tr>";
  for (const HtmlColumn& column : columns)
    html += fmt::format("<th{}{}>{}</th>", column.number ? " class=\"n\"" : "",
                        column.explanation.empty()
                            ? ""
                            : fmt::format(" title=\"{}\"", EscapeHtml(column.explanation)),
                        column.title);
  return html + "</tr></thead>\n";
}

std::string HtmlText(const std::string& text) { return "<td>" + EscapeHtml(text) + "</td>"; }

std::string HtmlNumber(const std::string& text) {
  return "<td class=\"n\">" + EscapeHtml(text) + "</td>";
}

std::string HtmlBar(const std::vector<HtmlSegment>& segments) {
  std::string html = "<td class=\"bar\"><div class=\"track\">";
  for (const HtmlSegment& segment : segments)
    html += fmt::format("<i class=\"{}\" style=\"width:{:.2f}%\" title=\"{}\"></i>", segment.style,
                        std::clamp(segment.share, 0.0, 1.0) * 100, EscapeHtml(segment.tooltip));
  return html + "</div></td>";
}

std::string HtmlKey(const std::string& style, const std::string& text) {
  return fmt::format("<span class=\"key\"><i class=\"{}\"></i>{}</span>", style, EscapeHtml(text));
}

std::string ResourceTitle(const std::string& resource) {
  for (const auto& [name, title] : kResources)
    if (resource == name) return title;
  return resource;
}

std::string ResourceStyle(const std::string& resource) {
  for (const auto& [name, title] : kResources)
    if (resource == name) return fmt::format("r-{}", name);
  return "r-other";
}

}  // namespace imcc
