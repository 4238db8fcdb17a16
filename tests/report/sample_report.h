// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "report/report.h"

namespace imcc::testing {

/// A small report with every section filled, by hand.
Report SampleReport();
/// Three tensors, in the report too: one input, one with a scale a channel, one without error.
QuantizationReport SampleQuantization();

}  // namespace imcc::testing
