// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "program/program.h"
#include "sim/simulator.h"

namespace imcc {

/// The frame as Chrome trace JSON (chrome://tracing, ui.perfetto.dev): a process per core, a thread
/// per engine, an event per task, times in simulated microseconds.
std::string ChromeTrace(const Program& program, const FrameTiming& timing, double clock_hz);

}  // namespace imcc
