// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/options.h"
#include "ir/quantized_graph.h"
#include "mapping/mapping.h"
#include "target/target.h"

namespace imcc {

/// In: a graph. Out: the choices of ChooseReplication, or with page_memory those that it makes
/// without, if their simulated frame is shorter: it guesses where weights will lie, and a guess
/// about paging may be the worse one. Promise: with tiling_depth 1, page_memory never makes a frame
/// longer.
MappingChoices ChooseReplicationForPaging(const QuantizedGraph& graph, const Target& target,
                                          const CompilationOptions& options);

}  // namespace imcc
