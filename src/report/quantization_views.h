// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "explain/quantization_report.h"

/// What int8 does to every tensor, for a terminal, for programs and for a browser.
namespace imcc {

/// One line a tensor, then the worst with what may help; lines of at most `width` characters but
/// for the suggestions.
std::string RenderQuantizationText(const QuantizationReport& report, size_t width);

/// The object `quantization` of docs/report.md.
nlohmann::ordered_json QuantizationJson(const QuantizationReport& report);

/// A section of report.html, with a small histogram a tensor.
std::string HtmlQuantization(const QuantizationReport& report);

/// That section as a page of its own.
std::string RenderQuantizationHtml(const std::string& network, const QuantizationReport& report);

}  // namespace imcc
