// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "report/host_text.h"
#include "report/human.h"
#include "report/report.h"
#include "report/text_table.h"

namespace imcc {
namespace {

using Align = TextTable::Align;

std::string DashIfZero(int64_t count) { return count == 0 ? "-" : Grouped(count); }

std::string LayerTable(const Report& report, size_t width) {
  std::vector<TextTable::Column> columns = {
      {.title = "#", .align = Align::kRight},
      {.title = "layer", .min_width = 10},
      {.title = "operator", .min_width = 8},
      {.title = "output"},
      {.title = "MVMs", .align = Align::kRight},
      {.title = "util", .align = Align::kRight},
      {.title = "occup", .align = Align::kRight, .optional = true},
      {.title = "weights", .align = Align::kRight},
      {.title = "cycles", .align = Align::kRight},
      {.title = "predicted", .align = Align::kRight, .optional = true},
      {.title = "bound by"}};
  const bool parts = report.has_several_device_parts();
  if (parts) columns.push_back({.title = "part", .align = Align::kRight});
  TextTable table(std::move(columns));
  for (size_t i = 0; i < report.layers.size(); ++i) {
    const LayerReport& layer = report.layers[i];
    const bool array = layer.mvms.count() > 0;
    std::vector<std::string> row = {
        fmt::format("{}", i),
        layer.name,
        layer.op,
        layer.shape,
        DashIfZero(layer.mvms.count()),
        array ? HumanPercent(layer.effective_utilisation) : "-",
        array ? HumanPercent(layer.occupancy) : "-",
        layer.weight_bytes.count() > 0 ? HumanBytes(layer.weight_bytes) : "-",
        Grouped(layer.cycles.count()),
        DashIfZero(layer.predicted_cycles.count()),
        layer.bound_by};
    if (parts) row.push_back(fmt::format("{}", layer.part));
    table.AddRow(std::move(row));
  }
  return table.Render(width);
}

std::string GroupTable(const Report& report, size_t width) {
  TextTable table({{.title = "depth-first layers"},
                   {.title = "stripes", .align = Align::kRight},
                   {.title = "rows", .align = Align::kRight},
                   {.title = "bands", .align = Align::kRight, .optional = true},
                   {.title = "lines in L1", .align = Align::kRight},
                   {.title = "recompute", .align = Align::kRight, .optional = true},
                   {.title = "bytes saved", .align = Align::kRight},
                   {.title = "cycles", .align = Align::kRight},
                   {.title = "predicted", .align = Align::kRight, .optional = true}});
  for (const GroupReport& group : report.groups)
    table.AddRow({fmt::format("{} to {}", group.first_layer,
                              group.first_layer + static_cast<size_t>(group.layers) - 1),
                  Grouped(group.stripes), Grouped(group.rows), Grouped(group.bands),
                  HumanBytes(group.line_bytes), fmt::format("{:.2f}", group.recompute),
                  HumanBytes(group.saved_bytes), Grouped(group.cycles.count()),
                  DashIfZero(group.predicted_cycles.count())});
  return table.Render(width);
}

/// "label             value" lines.
class Summary {
 public:
  void Add(const std::string& label, const std::string& value) {
    text_ += fmt::format("{:<23}{}\n", label, value);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string BoundsLine(const Bounds& bounds) {
  return fmt::format("mvm {}, weights {}, vector {}, depthwise {}, L2 {}, DDR {}",
                     Grouped(bounds.mvm.count()), Grouped(bounds.weight_load.count()),
                     Grouped(bounds.vector.count()), Grouped(bounds.depthwise.count()),
                     Grouped(bounds.l2.count()), Grouped(bounds.ddr.count()));
}

std::string FrameTime(const Report& report) {
  const std::string extras =
      report.has_several_device_parts()
          ? fmt::format("{} launches, and {} to load {} again", report.launches,
                        HumanSeconds(report.reload_seconds), HumanBytes(report.reload_bytes))
          : "and the launch";
  return fmt::format("{} ({} cycles at {:.0f} MHz, {})", HumanSeconds(report.frame_seconds),
                     Grouped(report.cycles.count()), report.clock_hz / 1e6, extras);
}

std::string SummaryLines(const Report& report) {
  Summary summary;
  summary.Add("frame time", FrameTime(report));
  summary.Add("frame rate", fmt::format("{} frames/s", HumanRate(report.frames_per_second)));
  summary.Add(
      "latency",
      fmt::format("{} with host transfers{}", HumanSeconds(report.latency_seconds),
                  report.host_nodes.empty() ? "" : "; what the host computes is not timed"));
  summary.Add("lower bound",
              fmt::format("{} cycles, by {}", Grouped(report.lower_bound_cycles.count()),
                          report.bounds.largest().first));
  summary.Add("  bounds in cycles", BoundsLine(report.bounds));
  summary.Add("efficiency",
              HumanPercent(report.efficiency) + " of the speed the lower bound allows");
  summary.Add("effective utilisation",
              HumanPercent(report.effective_utilisation) + " of the array's MACs do work");
  summary.Add("occupancy", HumanPercent(report.occupancy) + " of the cells loaded hold weights");
  summary.Add("work",
              fmt::format("{}MACs in {} MVMs, {} of the MACs on the device",
                          HumanCount(report.macs.count()) + (report.macs.count() < 1000 ? " " : ""),
                          Grouped(report.mvms.count()), HumanPercent(report.device_mac_share)));
  summary.Add("weights", HumanBytes(report.weight_bytes) + " with padding");
  summary.Add("DDR a frame", fmt::format("{} ({} planned)", HumanBytes(report.ddr_bytes),
                                         HumanBytes(report.planned_ddr_bytes)));
  summary.Add("L2 a frame", fmt::format("{} ({} planned)", HumanBytes(report.l2_bytes),
                                        HumanBytes(report.planned_l2_bytes)));
  if (report.intermediate_bytes.count() > 0)
    summary.Add("intermediates", HumanBytes(report.intermediate_bytes) +
                                     " of both are tensors going in or out of L1");
  summary.Add("ELF", fmt::format("{}, of which task list {}", HumanBytes(report.elf_bytes),
                                 HumanBytes(report.tasklist_bytes)));
  return summary.text();
}

/// A bar of `width` characters.
std::string Bar(double share, size_t width) {
  const auto filled =
      static_cast<size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(width) + 0.5);
  return std::string(filled, '#') + std::string(width - filled, '.');
}

std::string MemoryTable(const Report& report, size_t width) {
  TextTable table({{.title = "memory"},
                   {.title = "high-water", .align = Align::kRight},
                   {.title = "capacity", .align = Align::kRight},
                   {.title = "used", .align = Align::kRight},
                   {.title = "", .optional = true}});
  for (const MemoryReport& memory : report.memories) {
    const double share = Share(memory.peak.count(), memory.capacity.count());
    table.AddRow({memory.level, HumanBytes(memory.peak), HumanBytes(memory.capacity),
                  HumanPercent(share), Bar(share, 24)});
  }
  return table.Render(width);
}

std::string EngineTable(const Report& report, size_t width) {
  TextTable table({{.title = "engine"},
                   {.title = "busy", .align = Align::kRight},
                   {.title = "waiting", .align = Align::kRight},
                   {.title = "fetching", .align = Align::kRight},
                   {.title = "empty", .align = Align::kRight},
                   {.title = "tasks", .align = Align::kRight},
                   {.title = "", .optional = true}});
  for (const EngineReport& engine : report.engines) {
    const int64_t frame = report.cycles.count();
    table.AddRow({engine.name, HumanPercent(Share(engine.busy.count(), frame)),
                  HumanPercent(Share(engine.waiting.count(), frame)),
                  HumanPercent(Share(engine.fetching.count(), frame)),
                  HumanPercent(Share(engine.empty.count(), frame)), Grouped(engine.tasks),
                  Bar(Share(engine.busy.count(), frame), 24)});
  }
  return table.Render(width);
}

std::string NoteLines(const Report& report) {
  std::string text = "Notes:\n";
  for (const Note& note : report.notes)
    text +=
        fmt::format("  {}: {}{}\n", note.severity == Note::Severity::kWarning ? "warning" : "note",
                    note.where.empty() ? "" : note.where + ": ", note.message);
  return text;
}

}  // namespace

std::string RenderText(const Report& report, int columns) {
  const auto width = static_cast<size_t>(std::max(columns, 40));
  std::vector<std::string> sections = {
      fmt::format("{}/{} on {}\n", report.network, report.model, report.target),
      LayerTable(report, width)};
  if (!report.groups.empty()) sections.push_back(GroupTable(report, width));
  sections.push_back(SummaryLines(report));
  if (!report.memories.empty()) sections.push_back(MemoryTable(report, width));
  if (!report.engines.empty()) sections.push_back(EngineTable(report, width));
  if (report.has_several_device_parts()) sections.push_back(PartTable(report, width));
  if (!report.host_nodes.empty()) sections.push_back(HostNodeTable(report, width));
  if (!report.notes.empty()) sections.push_back(NoteLines(report));
  return fmt::format("{}", fmt::join(sections, "\n"));
}

}  // namespace imcc
