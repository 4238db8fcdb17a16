// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "report/host_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "report/human.h"
#include "report/text_table.h"

namespace imcc {
namespace {

using Align = TextTable::Align;

/// Room that the rest of the table leaves for reasons. They are never cut: their ends say most.
constexpr size_t kReasonWidth = 50;

/// The lines of a table with one more column: its title first, then a text a row.
std::string Beside(const std::string& table, const std::vector<std::string>& column) {
  std::istringstream lines(table);
  std::vector<std::string> text;
  size_t width = 0;
  for (std::string line; std::getline(lines, line);) {
    width = std::max(width, line.size());
    text.push_back(std::move(line));
  }
  std::string result = fmt::format("{:<{}}  {}\n", text[0], width, column[0]);
  result += std::string(width + 2 + column[0].size(), '-') + "\n";
  for (size_t row = 1; row < column.size(); ++row)
    result += fmt::format("{:<{}}  {}\n", text[row + 1], width, column[row]);
  return result;
}

}  // namespace

std::string PartTable(const Report& report, size_t width) {
  TextTable table({{.title = "part", .align = Align::kRight},
                   {.title = "file"},
                   {.title = "on"},
                   {.title = "nodes", .align = Align::kRight},
                   {.title = "MACs", .align = Align::kRight},
                   {.title = "cycles", .align = Align::kRight},
                   {.title = "launch and cycles", .align = Align::kRight},
                   {.title = "host link", .align = Align::kRight},
                   {.title = "loaded again", .align = Align::kRight}});
  for (size_t i = 0; i < report.parts.size(); ++i) {
    const PartReport& part = report.parts[i];
    table.AddRow({fmt::format("{}", i), part.file, part.on_device ? "device" : "host",
                  Grouped(part.nodes), CountOrDash(part.macs.count()),
                  CountOrDash(part.cycles.count()),
                  part.on_device ? HumanSeconds(part.frame_seconds) : "not timed",
                  BytesOrDash(part.host_link_bytes), BytesOrDash(part.reload_bytes)});
  }
  return table.Render(width);
}

std::string HostNodeTable(const Report& report, size_t width) {
  Macs macs;
  Bytes crossing;
  TextTable table({{.title = "operator"},
                   {.title = "node", .min_width = 12},
                   {.title = "part"},
                   {.title = "MACs", .align = Align::kRight},
                   {.title = "host link", .align = Align::kRight}});
  std::vector<std::string> last_column = {"reason"};
  for (const HostNodeReport& node : report.host_nodes) {
    macs += node.macs;
    crossing += node.crossing;
    table.AddRow(
        {node.op, node.node, node.part < report.parts.size() ? report.parts[node.part].file : "",
         node.macs.count() > 0 ? HumanPercent(node.mac_share) : "-", BytesOrDash(node.crossing)});
    last_column.push_back(node.reason);
  }
  return fmt::format(
             "On the host: {} nodes, {} multiply-accumulates, {} of the network's;\n{} go over the "
             "host link for them\n\n",
             report.host_nodes.size(), Grouped(macs.count()),
             HumanPercent(1 - report.device_mac_share), HumanBytes(crossing)) +
         Beside(table.Render(std::max(width, 2 * kReasonWidth) - kReasonWidth), last_column);
}

}  // namespace imcc
