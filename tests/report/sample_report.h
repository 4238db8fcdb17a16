// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "report/report.h"

namespace imcc::testing {

/// A small report with every section filled, by hand.
Report SampleReport();

}  // namespace imcc::testing
