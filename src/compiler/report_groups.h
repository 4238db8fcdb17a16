// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "compiler/build_report.h"
#include "mapping/predict_timeline.h"

namespace imcc {

/// What the cost model makes of the depth-first groups of a plan.
std::vector<PredictedGroup> PredictGroups(const ReportInput& input,
                                          const std::vector<KernelDemand>& demands,
                                          const Placement& placement);

/// Adds the depth-first groups to a report whose layers are filled in. The layers of a group end at
/// about the same time, so its cycles, simulated and predicted, are shared out among them in
/// proportion to what each keeps its busiest engine at work.
void ReportGroups(const ReportInput& input, Report& report);

}  // namespace imcc
