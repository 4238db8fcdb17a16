// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/html_elements.h"
#include "report/html_page.h"
#include "report/human.h"
#include "report/quantization_views.h"
#include "report/report.h"

namespace imcc {
namespace {

constexpr double kBarHeight = 22;

const std::vector<HtmlColumn>& Columns() {
  static const std::vector<HtmlColumn> columns = {
      {"#", true},
      {"layer"},
      {"operator"},
      {"isolated", true, "dB: this layer in int8 on exact inputs"},
      {"accumulated", true, "dB: all layers up to this one in int8"},
      {"rounding", true, "dB: the float output, rounded to int8 and nothing else"},
      {"values", false,
       "logarithmic histogram of the float values; between the lines is what int8 holds"},
      {"seen", true, "smallest and largest float value"},
      {"range", true, "smallest and largest value that int8 holds"},
      {"scale", true},
      {"zero", true},
      {"clipped", true, "share of the values outside the range"},
      {"suggestion"}};
  return columns;
}

/// Counts span decades, so bars are logarithms of them.
std::string Histogram(const TensorExplanation& tensor) {
  const auto bins = static_cast<int64_t>(tensor.histogram.size());
  if (bins == 0) return "<td></td>";
  const double top = std::log1p(
      static_cast<double>(*std::max_element(tensor.histogram.begin(), tensor.histogram.end())));
  std::string inside;
  std::string outside;
  for (int64_t i = 0; i < bins; ++i) {
    const int64_t count = tensor.histogram[static_cast<size_t>(i)];
    if (count == 0) continue;
    const double height = std::log1p(static_cast<double>(count)) / top * kBarHeight;
    const bool held = i >= kHistogramMargin && i < bins - kHistogramMargin;
    (held ? inside : outside) +=
        fmt::format("M{} {}v-{:.1f}h1v{:.1f}", i, kBarHeight, height, height);
  }
  return fmt::format(
      "<td><svg class=\"spark\" viewBox=\"0 0 {0} {1}\" preserveAspectRatio=\"none\">"
      "<path d=\"{2}\"></path><path class=\"out\" d=\"{3}\"></path>"
      "<path class=\"end\" d=\"M{4} 0v{1}M{5} 0v{1}\"></path></svg></td>",
      bins, kBarHeight, inside, outside, kHistogramMargin, bins - kHistogramMargin);
}

std::string Row(const QuantizationReport& report, size_t index) {
  const TensorExplanation& tensor = report.tensors[index];
  const std::string& name = tensor.layer.empty() ? tensor.tensor : tensor.layer;
  const bool single = tensor.scales == 1;
  return "<tr>" + HtmlNumber(fmt::format("{}", index)) +
         fmt::format("<td class=\"name\" title=\"{0}\">{0}</td>", EscapeHtml(name)) +
         HtmlText(tensor.op) + HtmlNumber(HumanDecibels(tensor.isolated_db)) +
         HtmlNumber(HumanDecibels(tensor.accumulated_db)) +
         HtmlNumber(HumanDecibels(tensor.rounded_db)) + Histogram(tensor) +
         HtmlNumber(HumanInterval(tensor.seen)) + HtmlNumber(HumanInterval(tensor.range)) +
         HtmlNumber(single ? fmt::format("{:.4g}", tensor.scale)
                           : fmt::format("{} scales", tensor.scales)) +
         HtmlNumber(single ? fmt::format("{}", tensor.zero_point) : "-") +
         HtmlNumber(HumanShare(tensor.clipped_share)) + "<td class=\"wrap\">" +
         EscapeHtml(tensor.suggestion) + "</td></tr>\n";
}

std::string Table(const QuantizationReport& report, const std::vector<size_t>& rows) {
  std::string html = "<div class=\"scroll\">" + HtmlTableOpen(Columns()) + "<tbody>\n";
  for (const size_t row : rows) html += Row(report, row);
  return html + "</tbody></table></div>\n";
}

}  // namespace

std::string HtmlQuantization(const QuantizationReport& report) {
  std::vector<size_t> all(report.tensors.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = i;
  return HtmlPanel(
      "Quantisation",
      fmt::format("Signal to noise of int8 against float in dB, over {} samples. The ten lowest "
                  "isolated ratios first.",
                  report.samples),
      Table(report, report.worst) + "<details><summary>all tensors, in order</summary>\n" +
          Table(report, all) + "</details>\n");
}

std::string RenderQuantizationHtml(const std::string& network, const QuantizationReport& report) {
  return HtmlPage(EscapeHtml(network), "quantised to int8 by imcc " + EscapeHtml(ImccVersion()),
                  HtmlQuantization(report));
}

}  // namespace imcc
