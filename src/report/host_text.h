// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "report/report.h"

namespace imcc {

/// A row a part, host and device in turn.
std::string PartTable(const Report& report, size_t width);

/// A row a node that runs on the host: where, its share of the work, what it costs, and why.
std::string HostNodeTable(const Report& report, size_t width);

}  // namespace imcc
