// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "report/html_sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/human.h"

namespace imcc {
namespace {

constexpr double kChartWidth = 520;
constexpr int kLabelWidth = 110;
constexpr int kRowHeight = 26;

std::string Card(const std::string& label, const std::string& value, const std::string& detail) {
  return fmt::format(
      "<div class=\"card\"><div class=\"label\">{}</div><div class=\"value\">{}</div>"
      "<div class=\"detail\">{}</div></div>\n",
      label, value, detail);
}

std::string SvgOpen(size_t rows, const std::string& title) {
  return fmt::format("<svg role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {} {}\">\n", title,
                     kLabelWidth + kChartWidth + 130, static_cast<int>(rows) * kRowHeight + 4);
}

std::string SvgText(double x, size_t row, const std::string& text, const char* anchor) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n", x,
                     static_cast<int>(row) * kRowHeight + 18, anchor, EscapeHtml(text));
}

std::string SvgBar(double x, double width, size_t row, const std::string& style,
                   const std::string& tooltip) {
  return fmt::format(
      "<rect class=\"{}\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"18\"><title>{}</title>"
      "</rect>\n",
      style, x, static_cast<int>(row) * kRowHeight + 4, std::max(width, 0.0), EscapeHtml(tooltip));
}

/// A table cell whose background is a bar of `share` of its width.
std::string BarCell(double share, const std::string& text) {
  return fmt::format("<td class=\"n bar\" style=\"--share:{:.1f}%\">{}</td>",
                     std::clamp(share, 0.0, 1.0) * 100, text);
}

std::string LayerRow(size_t index, const LayerReport& layer, int64_t largest) {
  const bool array = layer.mvms.count() > 0;
  return fmt::format(
      "<tr><td class=\"n\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
      "<td class=\"n\">{}</td>{}{}<td class=\"n\">{}</td>{}<td class=\"n\">{}</td>"
      "<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td></tr>\n",
      index, EscapeHtml(layer.name), EscapeHtml(layer.op), layer.shape, layer.engine,
      Grouped(layer.mvms.count()),
      BarCell(layer.effective_utilisation, array ? HumanPercent(layer.effective_utilisation) : "-"),
      BarCell(layer.occupancy, array ? HumanPercent(layer.occupancy) : "-"),
      HumanBytes(layer.weight_bytes),
      BarCell(Share(layer.cycles.count(), largest), Grouped(layer.cycles.count())),
      Grouped(layer.predicted_cycles.count()), HumanBytes(layer.ddr_bytes),
      HumanBytes(layer.l2_bytes), layer.tiles, layer.bound_by);
}

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

std::string HtmlCards(const Report& report) {
  std::string html = "<section class=\"cards\">\n";
  html += Card("Frame rate", HumanRate(report.frames_per_second) + " fps",
               HumanSeconds(report.frame_seconds) + " a frame");
  html += Card("Cycles", Grouped(report.cycles.count()),
               fmt::format("at {:.0f} MHz", report.clock_hz / 1e6));
  html += Card("Efficiency", HumanPercent(report.efficiency),
               fmt::format("of the bound by {}", report.bounds.largest().first));
  html += Card("Effective utilisation", HumanPercent(report.effective_utilisation),
               Grouped(report.mvms.count()) + " MVMs");
  html += Card("Occupancy", HumanPercent(report.occupancy),
               HumanBytes(report.weight_bytes) + " of weights");
  html += Card("DDR a frame", HumanBytes(report.ddr_bytes),
               "L2 a frame " + HumanBytes(report.l2_bytes));
  html += Card("On the device", HumanPercent(report.device_mac_share),
               HumanCount(report.macs.count()) + " MACs");
  html +=
      Card("ELF", HumanBytes(report.elf_bytes), "task list " + HumanBytes(report.tasklist_bytes));
  return html + "</section>\n";
}

std::string HtmlBounds(const Report& report) {
  const Bounds& bounds = report.bounds;
  const std::array<std::pair<const char*, Cycles>, 7> rows = {{{"simulated", report.cycles},
                                                               {"mvm", bounds.mvm},
                                                               {"weights", bounds.weight_load},
                                                               {"vector", bounds.vector},
                                                               {"depthwise", bounds.depthwise},
                                                               {"l2", bounds.l2},
                                                               {"ddr", bounds.ddr}}};
  int64_t longest = 1;
  for (const auto& [name, cycles] : rows) longest = std::max(longest, cycles.count());
  std::string html =
      "<section><h2>Lower bounds</h2><p>Cycles each resource alone would need; the "
      "simulated frame cannot be shorter than the longest of them.</p>\n" +
      SvgOpen(rows.size(), "Lower bounds in cycles");
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& [name, cycles] = rows[i];
    const double width = Share(cycles.count(), longest) * kChartWidth;
    html += SvgText(kLabelWidth - 8, i, name, "end");
    html += SvgBar(kLabelWidth, width, i, i == 0 ? "simulated" : "bound",
                   Grouped(cycles.count()) + " cycles");
    html += SvgText(kLabelWidth + width + 8, i, Grouped(cycles.count()), "start");
  }
  return html + "</svg></section>\n";
}

std::string HtmlEngines(const Report& report) {
  if (report.engines.empty()) return "";
  std::string html =
      "<section><h2>Engines</h2><p class=\"legend\"><i class=\"busy\"></i>busy "
      "<i class=\"waiting\"></i>waiting for data <i class=\"fetching\"></i>waiting "
      "for a task <i class=\"empty\"></i>no task left</p>\n" +
      SvgOpen(report.engines.size(), "Engine utilisation");
  for (size_t i = 0; i < report.engines.size(); ++i) {
    const EngineReport& engine = report.engines[i];
    const std::array<std::pair<const char*, Cycles>, 4> parts = {{{"busy", engine.busy},
                                                                  {"waiting", engine.waiting},
                                                                  {"fetching", engine.fetching},
                                                                  {"empty", engine.empty}}};
    html += SvgText(kLabelWidth - 8, i, engine.name, "end");
    double x = kLabelWidth;
    for (const auto& [name, cycles] : parts) {
      const double width = Share(cycles.count(), report.cycles.count()) * kChartWidth;
      html +=
          SvgBar(x, width, i, name, fmt::format("{}: {} cycles", name, Grouped(cycles.count())));
      x += width;
    }
    html += SvgText(kLabelWidth + kChartWidth + 8, i,
                    fmt::format("{} of {} tasks",
                                HumanPercent(Share(engine.busy.count(), report.cycles.count())),
                                Grouped(engine.tasks)),
                    "start");
  }
  return html + "</svg></section>\n";
}

std::string HtmlMemories(const Report& report) {
  if (report.memories.empty()) return "";
  std::string html =
      "<section><h2>Memory</h2><table><thead><tr><th>level</th><th>high-water mark"
      "</th><th>capacity</th></tr></thead><tbody>\n";
  for (const MemoryReport& memory : report.memories)
    html += fmt::format(
        "<tr><td>{}</td>{}<td class=\"n\">{}</td></tr>\n", EscapeHtml(memory.level),
        BarCell(Share(memory.peak.count(), memory.capacity.count()), HumanBytes(memory.peak)),
        HumanBytes(memory.capacity));
  return html + "</tbody></table></section>\n";
}

std::string HtmlLayers(const Report& report) {
  int64_t largest = 1;
  for (const LayerReport& layer : report.layers) largest = std::max(largest, layer.cycles.count());
  std::string html =
      "<section><h2>Layers</h2><div class=\"scroll\"><table><thead><tr><th>#</th><th>layer</th>"
      "<th>operator</th><th>output</th><th>engine</th><th>MVMs</th><th>utilisation</th>"
      "<th>occupancy</th><th>weights</th><th>cycles</th><th>predicted</th><th>DDR</th><th>L2</th>"
      "<th>tiles</th><th>bound by</th></tr></thead><tbody>\n";
  for (size_t i = 0; i < report.layers.size(); ++i) html += LayerRow(i, report.layers[i], largest);
  return html + "</tbody></table></div></section>\n";
}

std::string HtmlOptions(const Report& report) {
  std::string html = "<section><h2>Options</h2><table><tbody>\n";
  for (const auto& [name, value] : report.options)
    html += fmt::format("<tr><td><code>{}</code></td><td>{}</td></tr>\n", EscapeHtml(name),
                        EscapeHtml(value));
  return html + "</tbody></table></section>\n";
}

std::string HtmlHostNodes(const Report& report) {
  if (report.host_nodes.empty()) return "";
  std::string html =
      "<section><h2>On the host</h2><table><thead><tr><th>node</th><th>operator"
      "</th><th>when</th><th>reason</th></tr></thead><tbody>\n";
  for (const HostNodeReport& node : report.host_nodes)
    html += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        EscapeHtml(node.node), EscapeHtml(node.op),
                        node.prologue ? "before the device" : "after the device",
                        EscapeHtml(node.reason));
  return html + "</tbody></table></section>\n";
}

std::string HtmlNotes(const Report& report) {
  if (report.notes.empty()) return "";
  std::string html = "<section><h2>Notes</h2><ul>\n";
  for (const Note& note : report.notes)
    html += fmt::format("<li class=\"{}\">{}{}</li>\n",
                        note.severity == Note::Severity::kWarning ? "warning" : "note",
                        note.where.empty() ? "" : "<b>" + EscapeHtml(note.where) + "</b>: ",
                        EscapeHtml(note.message));
  return html + "</ul></section>\n";
}

}  // namespace imcc
