// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "report/report.h"

/// Parts of report.html.
namespace imcc {

std::string EscapeHtml(const std::string& text);

std::string HtmlCards(const Report& report);
std::string HtmlBounds(const Report& report);   // SVG bars: each bound against the simulated time.
std::string HtmlEngines(const Report& report);  // SVG stacked bars: busy, waiting, fetching, empty.
std::string HtmlMemories(const Report& report);
std::string HtmlLayers(const Report& report);
std::string HtmlOptions(const Report& report);
std::string HtmlHostNodes(const Report& report);
std::string HtmlNotes(const Report& report);

}  // namespace imcc
