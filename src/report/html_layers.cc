// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "report/html_elements.h"
#include "report/html_sections.h"
#include "report/human.h"

namespace imcc {
namespace {

// The chart of cycles per layer, in pixels of its view box.
constexpr double kChartWidth = 1280;
constexpr double kChartHeight = 260;
constexpr double kChartLeft = 84;  // Room for the figures of the axis.
constexpr double kChartTop = 14;
constexpr double kChartBottom = 34;
constexpr double kMostWidePerLayer = 110;
constexpr double kLayerNumberWidth = 26;  // Numbers closer together are left out.

/// What ran longest, in the frame and in the cost model.
int64_t LongestLayer(const Report& report) {
  int64_t longest = 1;
  for (const LayerReport& layer : report.layers)
    longest = std::max({longest, layer.cycles.count(), layer.predicted_cycles.count()});
  return longest;
}

/// A round distance between grid lines such that there are at most five.
int64_t GridStep(int64_t longest) {
  for (int64_t decade = 1;; decade *= 10)
    for (const int64_t digit : {1, 2, 5})
      if (longest <= digit * decade * 5) return digit * decade;
}

struct LayerScale {
  int64_t longest = 1;
  double layer_width = 1;

  double X(size_t layer) const { return kChartLeft + static_cast<double>(layer) * layer_width; }
  double Y(int64_t cycles) const {
    return kChartTop + (1 - Share(cycles, longest)) * (kChartHeight - kChartTop - kChartBottom);
  }
};

std::string Grid(const LayerScale& scale, double right) {
  const int64_t step = GridStep(scale.longest);
  std::string svg;
  for (int64_t cycles = 0; cycles <= scale.longest; cycles += step) {
    const double y = scale.Y(cycles);
    svg += fmt::format(
        "<path class=\"grid\" d=\"M{:.1f} {:.1f}H{:.1f}\"></path>"
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n",
        kChartLeft, y, right, kChartLeft - 8, y + 4, Grouped(cycles));
  }
  return svg;
}

std::string Column(const LayerReport& layer, size_t index, const LayerScale& scale) {
  const double gap = std::min(4.0, scale.layer_width * 0.2);
  const double x = scale.X(index) + gap / 2;
  const double width = scale.layer_width - gap;
  const double y = scale.Y(layer.cycles.count());
  return fmt::format(
      "<a href=\"#layer-{}\"><rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
      "height=\"{:.1f}\"></rect><path class=\"predicted\" d=\"M{:.1f} {:.1f}h{:.1f}\"></path>"
      "<title>{} {} ({}): {} cycles, predicted {}, bound by {}</title></a>\n",
      index, ResourceStyle(layer.bound_by), x, y, width, scale.Y(0) - y, x,
      scale.Y(layer.predicted_cycles.count()), width, index, EscapeHtml(layer.name),
      EscapeHtml(layer.op), Grouped(layer.cycles.count()), Grouped(layer.predicted_cycles.count()),
      EscapeHtml(ResourceTitle(layer.bound_by)));
}

/// Layer numbers below the columns, as many as have room.
std::string LayerNumbers(const Report& report, const LayerScale& scale) {
  size_t every = 1;
  while (static_cast<double>(every) * scale.layer_width < kLayerNumberWidth)
    every = every == 1 ? 2 : every == 2 ? 5 : every * 2;
  std::string svg;
  for (size_t i = 0; i < report.layers.size(); i += every)
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                       scale.X(i) + scale.layer_width / 2, kChartHeight - kChartBottom + 18, i);
  return svg;
}

/// A line below the numbers of the layers that are computed together.
std::string GroupMarks(const Report& report, const LayerScale& scale) {
  constexpr double kEnd = 3;
  const double y = kChartHeight - kChartBottom + 26;
  std::string svg;
  for (const GroupReport& group : report.groups) {
    const size_t last = group.first_layer + static_cast<size_t>(group.layers);
    svg += fmt::format(
        "<path class=\"group\" d=\"M{0:.1f} {1:.1f}v{2}H{3:.1f}v-{2}\"><title>layers {4} to {5}, "
        "depth first in {6} stripes</title></path>\n",
        scale.X(group.first_layer) + 1, y - kEnd, kEnd, scale.X(last) - 1, group.first_layer,
        last - 1, group.stripes);
  }
  return svg;
}

/// Cycles and layers of each bounding resource, most cycles first.
std::string LayerLegend(const Report& report) {
  struct Part {
    std::string resource;
    int64_t cycles = 0;
    int64_t layers = 0;
  };
  std::vector<Part> parts;
  int64_t total = 0;
  for (const LayerReport& layer : report.layers) {
    auto part = std::find_if(parts.begin(), parts.end(),
                             [&](const Part& p) { return p.resource == layer.bound_by; });
    if (part == parts.end()) part = parts.insert(parts.end(), Part{layer.bound_by});
    part->cycles += layer.cycles.count();
    part->layers += 1;
    total += layer.cycles.count();
  }
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Part& a, const Part& b) { return a.cycles > b.cycles; });
  std::string html = "<p class=\"legend\">";
  for (const Part& part : parts)
    html += HtmlKey(ResourceStyle(part.resource),
                    fmt::format("{}: {} of the cycles in {} layer{}", ResourceTitle(part.resource),
                                HumanPercent(Share(part.cycles, total)), part.layers,
                                part.layers == 1 ? "" : "s"));
  return html + HtmlKey("tick", "cost model") + "</p>\n";
}

const std::vector<HtmlColumn>& LayerColumns() {
  static const std::vector<HtmlColumn> columns = {
      {"#", true},
      {"layer"},
      {"operator"},
      {"output", false, "rows x columns x channels"},
      {"cycles", true, "simulated: completion of this layer minus that of all before it"},
      {"share", true, "of the cycles of the frame"},
      {""},
      {"bound by", false, "the slowest resource; latency: the layer waits more than it works"},
      {"predicted", true, "cycles by the cost model"},
      {"MVMs", true, "matrix-vector multiplies of the array"},
      {"util", true, "effective utilisation: MACs / (array cells x MVMs)"},
      {"occup", true, "occupancy: cells that hold weights / cells of the weight sets loaded"},
      {"weights", true, "as stored for the device, padding included"},
      {"tiles", true, "pieces the output is computed in"},
      {"L2", true, "L2 traffic a frame"},
      {"DDR", true, "DDR traffic a frame"}};
  return columns;
}

std::string LayerRow(const Report& report, size_t index, int64_t longest) {
  const LayerReport& layer = report.layers[index];
  const bool array = layer.mvms.count() > 0;
  const int64_t cycles = layer.cycles.count();
  const std::string style = ResourceStyle(layer.bound_by);
  return fmt::format("<tr id=\"layer-{}\">", index) + HtmlNumber(fmt::format("{}", index)) +
         fmt::format("<td class=\"name\" title=\"{0}\">{0}</td>", EscapeHtml(layer.name)) +
         HtmlText(layer.op) + HtmlText(layer.shape) + HtmlNumber(Grouped(cycles)) +
         HtmlNumber(HumanPercent(Share(cycles, report.cycles.count()))) +
         HtmlBar({{Share(cycles, longest), style, ""}}) + "<td>" +
         HtmlKey(style, ResourceTitle(layer.bound_by)) + "</td>" +
         HtmlNumber(Grouped(layer.predicted_cycles.count())) +
         HtmlNumber(CountOrDash(layer.mvms.count())) +
         HtmlNumber(array ? HumanPercent(layer.effective_utilisation) : "-") +
         HtmlNumber(array ? HumanPercent(layer.occupancy) : "-") +
         HtmlNumber(BytesOrDash(layer.weight_bytes)) + HtmlNumber(CountOrDash(layer.tiles)) +
         HtmlNumber(BytesOrDash(layer.l2_bytes)) + HtmlNumber(BytesOrDash(layer.ddr_bytes)) +
         "</tr>\n";
}

std::string TotalRow(const Report& report) {
  return "<tfoot><tr><td></td><td>frame</td><td></td><td></td>" +
         HtmlNumber(Grouped(report.cycles.count())) + "<td></td><td></td><td></td><td></td>" +
         HtmlNumber(Grouped(report.mvms.count())) +
         HtmlNumber(HumanPercent(report.effective_utilisation)) +
         HtmlNumber(HumanPercent(report.occupancy)) + HtmlNumber(HumanBytes(report.weight_bytes)) +
         "<td></td>" + HtmlNumber(HumanBytes(report.l2_bytes)) +
         HtmlNumber(HumanBytes(report.ddr_bytes)) + "</tr></tfoot>\n";
}

}  // namespace

std::string HtmlLayerChart(const Report& report) {
  if (report.layers.empty()) return "";
  const auto layers = static_cast<double>(report.layers.size());
  const LayerScale scale{LongestLayer(report),
                         std::min((kChartWidth - kChartLeft) / layers, kMostWidePerLayer)};
  const double right = scale.X(report.layers.size());
  std::string svg =
      fmt::format("<svg role=\"img\" aria-label=\"Cycles of each layer\" viewBox=\"0 0 {} {}\">\n",
                  kChartWidth, kChartHeight);
  svg += Grid(scale, right);
  for (size_t i = 0; i < report.layers.size(); ++i) svg += Column(report.layers[i], i, scale);
  svg += LayerNumbers(report, scale) + GroupMarks(report, scale);
  svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"end\">layer</text></svg>\n",
                     kChartLeft - 8, kChartHeight - kChartBottom + 18);
  return HtmlPanel(
      "Cycles of each layer",
      "Simulated, coloured by the resource that bounds the layer. The tick is what the cost model "
      "predicted.",
      LayerLegend(report) + "<div class=\"scroll\">" + svg + "</div>\n");
}

std::string HtmlLayers(const Report& report) {
  const int64_t longest = LongestLayer(report);
  std::string html = "<div class=\"scroll\">" + HtmlTableOpen(LayerColumns()) + "<tbody>\n";
  for (size_t i = 0; i < report.layers.size(); ++i) html += LayerRow(report, i, longest);
  return HtmlPanel("Layers", "", html + "</tbody>\n" + TotalRow(report) + "</table></div>\n");
}

}  // namespace imcc
