// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "config/network.h"
#include "mapping/kernel.h"
#include "memory/memory.h"
#include "program/program.h"
#include "report/report.h"
#include "schedule/schedule.h"
#include "sim/simulator.h"
#include "target/target.h"

namespace imcc {

/// What the back half of the road decided, for the report.
struct ReportInput {
  const Network& network;
  const Target& target;
  const MappedNetwork& mapped;
  const TilePlan& tiles;
  const MemoryPlan& memory;
  const Schedule& schedule;
  const Program& program;
  const FrameTiming& timing;
  Bytes elf_bytes;
};

/// Figures of one device part; the driver adds what concerns the whole network.
Report BuildReport(const ReportInput& input);

}  // namespace imcc
