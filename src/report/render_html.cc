// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "report/html_arrays.h"
#include "report/html_elements.h"
#include "report/html_page.h"
#include "report/html_sections.h"
#include "report/quantization_views.h"
#include "report/report.h"

namespace imcc {

std::string RenderHtml(const Report& report) {
  return HtmlPage(EscapeHtml(report.network + " / " + report.model),
                  fmt::format("compiled for {} at {:.0f} MHz by imcc {}", EscapeHtml(report.target),
                              report.clock_hz / 1e6, EscapeHtml(report.imcc_version)),
                  HtmlWarnings(report) + HtmlCards(report) + HtmlLayerChart(report) +
                      "<div class=\"pairs\">\n" + HtmlBounds(report) + HtmlEngines(report) +
                      HtmlLinks(report) + HtmlMemories(report) + "</div>\n" + HtmlGroups(report) +
                      HtmlLayers(report) +
                      (report.quantization ? HtmlQuantization(*report.quantization) : "") +
                      HtmlMemoryMap(report) + HtmlArrays(report) + HtmlParts(report) +
                      HtmlHostNodes(report) + HtmlNotes(report) + HtmlOptions(report));
}

}  // namespace imcc
