// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "program/program.h"
#include "sim/simulator.h"

namespace imcc {

/// The frame as Chrome trace JSON (chrome://tracing, ui.perfetto.dev): a process per core, a thread
/// per engine, an event per task, times in simulated microseconds. Several programs follow one
/// another without what lies between them: launches, transfers, the host.
std::string ChromeTrace(const std::vector<const Program*>& programs,
                        const std::vector<FrameTiming>& timings, double clock_hz);

}  // namespace imcc
