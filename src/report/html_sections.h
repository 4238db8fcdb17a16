// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "report/report.h"

/// Parts of report.html. Those with nothing to show are empty.
namespace imcc {

std::string HtmlWarnings(const Report& report);  // First on the page: they qualify all the rest.
std::string HtmlCards(const Report& report);
std::string HtmlLayerChart(const Report& report);
std::string HtmlGroups(const Report& report);   // Depth-first groups.
std::string HtmlBounds(const Report& report);   // Each bound against the simulated time.
std::string HtmlEngines(const Report& report);  // Busy, waiting, fetching, empty.
std::string HtmlLinks(const Report& report);
std::string HtmlMemories(const Report& report);
std::string HtmlMemoryMap(const Report& report);
std::string HtmlLayers(const Report& report);
std::string HtmlParts(const Report& report);
std::string HtmlHostNodes(const Report& report);
std::string HtmlNotes(const Report& report);
std::string HtmlOptions(const Report& report);

}  // namespace imcc
