// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "config/options.h"
#include "ir/quantized_graph.h"
#include "mapping/kernel.h"
#include "target/target.h"

namespace imcc {

/// In: an int8 graph. Out: kernels with their weight tiles and parameter blocks. Promise: executed
/// one after the other on whole tensors, the kernels compute the graph bit for bit.
Result<MappedNetwork> MapNetwork(const QuantizedGraph& graph, const Target& target,
                                 const CompilationOptions& options);

/// Judge: every weight of every convolution stands in exactly one array cell that multiplies its
/// input with its output; tiles fit the array; every tensor is written before it is read.
Status Verify(const MappedNetwork& network, const QuantizedGraph& graph, const Target& target);

/// One line per kernel.
std::string Dump(const MappedNetwork& network);

/// Cycles each resource needs for a kernel, whatever the schedule (DESIGN 6).
struct KernelCost {
  Mvms mvms;
  Cycles mvm, weight_load, vector, depthwise;
  double effective_utilisation = 0;  // MACs / (array cells * MVMs).
  double occupancy = 0;              // Weights / cells of the sets they stand in.
};
KernelCost CostOf(const Kernel& kernel, const Target& target, const CompilationOptions& options);

/// Rate of the weight path of one core under the options, bytes per cycle.
double WeightBandwidth(const Target& target, const CompilationOptions& options);

}  // namespace imcc
