// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "report/html_elements.h"
#include "report/html_sections.h"
#include "report/human.h"

namespace imcc {
namespace {

const std::vector<HtmlColumn>& GroupColumns() {
  static const std::vector<HtmlColumn> columns = {
      {"layers"},
      {"stripes", true, "parts that the rows of the last layer are computed in"},
      {"rows", true, "of the last layer's output in one stripe"},
      {"bands", true, "parts that the columns are computed in, one after the other"},
      {"lines", true, "L1 bytes for circular line buffers"},
      {"recompute", true, "pixels computed / pixels of the tensors"},
      {"saved", true, "bytes a frame written to and read from L1 alone"},
      {"cycles", true, "simulated"},
      {"predicted", true, "cycles by the cost model"}};
  return columns;
}

std::string LayerLink(size_t layer) { return fmt::format("<a href=\"#layer-{0}\">{0}</a>", layer); }

}  // namespace

std::string HtmlGroups(const Report& report) {
  if (report.groups.empty()) return "";
  std::string html = "<div class=\"scroll\">" + HtmlTableOpen(GroupColumns()) + "<tbody>\n";
  for (const GroupReport& group : report.groups)
    html += "<tr><td>" + LayerLink(group.first_layer) + " to " +
            LayerLink(group.first_layer + static_cast<size_t>(group.layers) - 1) + "</td>" +
            HtmlNumber(Grouped(group.stripes)) + HtmlNumber(Grouped(group.rows)) +
            HtmlNumber(Grouped(group.bands)) + HtmlNumber(HumanBytes(group.line_bytes)) +
            HtmlNumber(fmt::format("{:.2f}", group.recompute)) +
            HtmlNumber(HumanBytes(group.saved_bytes)) + HtmlNumber(Grouped(group.cycles.count())) +
            HtmlNumber(Grouped(group.predicted_cycles.count())) + "</tr>\n";
  return HtmlPanel("Layers computed depth first",
                   "Stripe by stripe; the rows in between stay in L1. The chart above joins them "
                   "with a line below their numbers.",
                   html + "</tbody></table></div>\n");
}

}  // namespace imcc
