// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "config/options.h"
#include "ir/quantized_graph.h"
#include "mapping/kernel.h"
#include "memory/memory.h"
#include "program/program.h"
#include "schedule/schedule.h"
#include "target/target.h"

namespace imcc {

/// Gathers what the stages decided into one Program: constants as segments, tensors as symbols,
/// the task list at its place in DDR or in the L2 reservation. A list that does not fit there is
/// an error naming the bytes it needs.
Result<Program> AssembleProgram(const QuantizedGraph& graph, const MappedNetwork& network,
                                const MemoryPlan& memory, const Schedule& schedule,
                                const Target& target, const CompilationOptions& options);

}  // namespace imcc
