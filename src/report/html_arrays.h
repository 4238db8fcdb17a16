// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "report/report.h"

namespace imcc {

/// A section of report.html with a small picture of the weight tiles of each layer on the array;
/// empty if there is none. A page stays small: layers with few MVMs are left out if need be.
std::string HtmlArrays(const Report& report);

}  // namespace imcc
