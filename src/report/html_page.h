// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace imcc {

/// A whole page with the style of all reports; everything is HTML already. One self-contained file:
/// no network access, no scripts.
std::string HtmlPage(const std::string& title, const std::string& subtitle,
                     const std::string& body);

}  // namespace imcc
