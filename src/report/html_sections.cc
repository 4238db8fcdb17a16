// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "report/html_sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/html_elements.h"
#include "report/human.h"

namespace imcc {
namespace {

std::string Card(const std::string& label, const std::string& value, const std::string& detail) {
  return fmt::format(
      "<div class=\"card\"><div class=\"label\">{}</div><div class=\"value\">{}</div>"
      "<div class=\"detail\">{}</div></div>\n",
      label, value, detail);
}

double Seconds(Cycles cycles, const Report& report) {
  return report.clock_hz > 0 ? static_cast<double>(cycles.count()) / report.clock_hz : 0;
}

std::string NoteItem(const Note& note) {
  return fmt::format("<li>{}{}</li>\n",
                     note.where.empty() ? "" : "<b>" + EscapeHtml(note.where) + "</b>: ",
                     EscapeHtml(note.message));
}

std::string NoteItems(const Report& report, Note::Severity severity) {
  std::string items;
  for (const Note& note : report.notes)
    if (note.severity == severity) items += NoteItem(note);
  return items.empty() ? "" : "<ul>\n" + items + "</ul>\n";
}

/// "12.3 %" of the frame's cycles.
std::string OfFrame(Cycles cycles, const Report& report) {
  return HumanPercent(Share(cycles.count(), report.cycles.count()));
}

}  // namespace

std::string HtmlWarnings(const Report& report) {
  const std::string items = NoteItems(report, Note::Severity::kWarning);
  return items.empty() ? ""
                       : "<section class=\"warning\"><h2>Warning</h2>" + items + "</section>\n";
}

std::string HtmlCards(const Report& report) {
  const double compute = Seconds(report.cycles, report);
  std::string html = "<div class=\"cards\">\n";
  html += Card("Frame rate", HumanRate(report.frames_per_second) + " frames/s",
               HumanSeconds(report.latency_seconds) + " latency with host transfers");
  html += Card("Frame time", HumanSeconds(report.frame_seconds),
               HumanSeconds(compute) + " computing, " +
                   HumanSeconds(std::max(report.frame_seconds - compute, 0.0)) +
                   (report.has_several_device_parts() ? " launching and loading" : " launch"));
  html += Card("Simulated", Grouped(report.cycles.count()) + " cycles",
               fmt::format("at {:.0f} MHz; {} of tasks", report.clock_hz / 1e6,
                           HumanBytes(report.tasklist_bytes)));
  html += Card("Efficiency", HumanPercent(report.efficiency),
               fmt::format("of the speed the {} bound allows",
                           ResourceTitle(report.bounds.largest().first)));
  html += Card("Effective utilisation", HumanPercent(report.effective_utilisation),
               fmt::format("of the array's MACs, in {} MVMs", Grouped(report.mvms.count())));
  html += Card("Occupancy", HumanPercent(report.occupancy),
               "of the cells loaded; " + HumanBytes(report.weight_bytes) + " of weights");
  html += Card("DDR a frame", HumanBytes(report.ddr_bytes),
               HumanBytes(report.l2_bytes) + " L2 a frame");
  html += Card("On the device", HumanPercent(report.device_mac_share),
               fmt::format("of {} MACs; ELF {}", HumanCount(report.macs.count()),
                           HumanBytes(report.elf_bytes)));
  return html + "</div>\n";
}

std::string HtmlBounds(const Report& report) {
  const Bounds& bounds = report.bounds;
  const std::array<std::pair<const char*, Cycles>, 6> rows = {{{"mvm", bounds.mvm},
                                                               {"weights", bounds.weight_load},
                                                               {"vector", bounds.vector},
                                                               {"depthwise", bounds.depthwise},
                                                               {"l2", bounds.l2},
                                                               {"ddr", bounds.ddr}}};
  const int64_t longest =
      std::max({int64_t{1}, report.cycles.count(), bounds.largest().second.count()});
  std::string html =
      HtmlTableOpen({{"resource"}, {""}, {"cycles", true}, {"of the frame", true}}) + "<tbody>\n";
  const auto row = [&](const std::string& title, const std::string& style, Cycles cycles) {
    html +=
        "<tr>" + HtmlText(title) +
        HtmlBar({{Share(cycles.count(), longest), style, Grouped(cycles.count()) + " cycles"}}) +
        HtmlNumber(Grouped(cycles.count())) + HtmlNumber(OfFrame(cycles, report)) + "</tr>\n";
  };
  row("simulated", "busy", report.cycles);
  for (const auto& [name, cycles] : rows) row(ResourceTitle(name), ResourceStyle(name), cycles);
  return HtmlPanel(
      "Lower bounds",
      "Cycles each resource alone would need. No schedule is shorter than the longest.",
      html + "</tbody></table>\n");
}

std::string HtmlEngines(const Report& report) {
  if (report.engines.empty()) return "";
  std::string html =
      "<p class=\"legend\">" + HtmlKey("busy", "busy") +
      HtmlKey("waiting", "waiting for another engine") +
      HtmlKey("fetching", "fetching its next task") + HtmlKey("empty", "no task left") + "</p>\n" +
      HtmlTableOpen({{"engine"}, {""}, {"busy", true}, {"waiting", true}, {"tasks", true}}) +
      "<tbody>\n";
  for (const EngineReport& engine : report.engines) {
    const std::array<std::pair<const char*, Cycles>, 4> parts = {{{"busy", engine.busy},
                                                                  {"waiting", engine.waiting},
                                                                  {"fetching", engine.fetching},
                                                                  {"empty", engine.empty}}};
    std::vector<HtmlSegment> segments;
    for (const auto& [name, cycles] : parts)
      segments.push_back({Share(cycles.count(), report.cycles.count()), name,
                          fmt::format("{}: {} cycles", name, Grouped(cycles.count()))});
    html += "<tr>" + HtmlText(engine.name) + HtmlBar(segments) +
            HtmlNumber(OfFrame(engine.busy, report)) + HtmlNumber(OfFrame(engine.waiting, report)) +
            HtmlNumber(Grouped(engine.tasks)) + "</tr>\n";
  }
  return HtmlPanel("Engines", "What each engine of core 0 does during a frame.",
                   html + "</tbody></table>\n");
}

std::string HtmlLinks(const Report& report) {
  if (report.links.empty()) return "";
  std::string html = HtmlTableOpen({{"link"},
                                    {""},
                                    {"busy", true, "share of the frame with traffic"},
                                    {"traffic", true, "bytes a frame"},
                                    {"B/cycle", true, "on average over the frame"}}) +
                     "<tbody>\n";
  for (const LinkReport& link : report.links) {
    const double rate = Share(link.bytes.count(), report.cycles.count());
    html += "<tr>" + HtmlText(ResourceTitle(link.name)) +
            HtmlBar({{Share(link.busy.count(), report.cycles.count()), "busy",
                      Grouped(link.busy.count()) + " cycles"}}) +
            HtmlNumber(OfFrame(link.busy, report)) + HtmlNumber(HumanBytes(link.bytes)) +
            HtmlNumber(fmt::format("{:.2f}", rate)) + "</tr>\n";
  }
  return HtmlPanel("Links", "Traffic of a frame. The host link works before and after it.",
                   html + "</tbody></table>\n");
}

std::string HtmlMemories(const Report& report) {
  if (report.memories.empty()) return "";
  std::string html = HtmlTableOpen({{"memory"},
                                    {""},
                                    {"used", true},
                                    {"high-water mark", true},
                                    {"capacity", true, "after reservations and constraints"}}) +
                     "<tbody>\n";
  for (const MemoryReport& memory : report.memories) {
    const double share = Share(memory.peak.count(), memory.capacity.count());
    html += "<tr>" + HtmlText(memory.level) +
            HtmlBar({{share, "busy", Grouped(memory.peak.count()) + " bytes"}}) +
            HtmlNumber(HumanPercent(share)) + HtmlNumber(HumanBytes(memory.peak)) +
            HtmlNumber(HumanBytes(memory.capacity)) + "</tr>\n";
  }
  return HtmlPanel("Memory", "The most that is in use at any time.", html + "</tbody></table>\n");
}

std::string HtmlParts(const Report& report) {
  if (!report.has_several_device_parts()) return "";
  std::string html = HtmlTableOpen({{"part", true},
                                    {"file"},
                                    {"on"},
                                    {"nodes", true},
                                    {"MACs", true},
                                    {"cycles", true},
                                    {"launch and cycles", true},
                                    {"host link", true, "inputs and outputs"},
                                    {"loaded again", true, "weights that other parts overwrote"}}) +
                     "<tbody>\n";
  for (size_t i = 0; i < report.parts.size(); ++i) {
    const PartReport& part = report.parts[i];
    html += "<tr>" + HtmlNumber(fmt::format("{}", i)) + HtmlText(part.file) +
            HtmlText(part.on_device ? "device" : "host") + HtmlNumber(Grouped(part.nodes)) +
            HtmlNumber(Grouped(part.macs.count())) + HtmlNumber(Grouped(part.cycles.count())) +
            HtmlNumber(part.on_device ? HumanSeconds(part.frame_seconds) : "not timed") +
            HtmlNumber(HumanBytes(part.host_link_bytes)) +
            HtmlNumber(HumanBytes(part.reload_bytes)) + "</tr>\n";
  }
  return HtmlPanel("Parts", "Host and device take turns; values cross as int8 over the host link.",
                   html + "</tbody></table>\n");
}

std::string HtmlHostNodes(const Report& report) {
  if (report.host_nodes.empty()) return "";
  std::string html = HtmlTableOpen({{"node"},
                                    {"operator"},
                                    {"part"},
                                    {"MACs", true, "share of the network's"},
                                    {"host link", true, "bytes that cross because of it"},
                                    {"reason"}}) +
                     "<tbody>\n";
  for (const HostNodeReport& node : report.host_nodes)
    html += "<tr>" + HtmlText(node.node) + HtmlText(node.op) +
            HtmlText(node.part < report.parts.size() ? report.parts[node.part].file : "") +
            HtmlNumber(HumanPercent(node.mac_share)) + HtmlNumber(HumanBytes(node.crossing)) +
            HtmlText(node.reason) + "</tr>\n";
  return HtmlPanel("On the host", "What the device does not run.", html + "</tbody></table>\n");
}

std::string HtmlNotes(const Report& report) {
  const std::string items = NoteItems(report, Note::Severity::kNote);
  return items.empty() ? "" : HtmlPanel("Notes", "", items);
}

std::string HtmlOptions(const Report& report) {
  if (report.options.empty()) return "";
  std::string html = "<dl>\n";
  for (const auto& [name, value] : report.options)
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", EscapeHtml(name), EscapeHtml(value));
  return HtmlPanel("Options in effect", "", html + "</dl>\n");
}

}  // namespace imcc
