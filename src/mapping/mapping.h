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

/// Decisions about convolutions, by node; the default is the plain mapping.
struct ConvolutionChoice {
  bool on_array = true;
  int64_t replicas = 1;          // ICR factor on the array.
  int64_t groups_per_block = 0;  // Groups packed block-diagonally; 0 = as minimises the MVMs.
};
using MappingChoices = std::vector<ConvolutionChoice>;

/// Ordinary convolutions on the array, depthwise ones on their own unit, nothing replicated.
MappingChoices PlainChoices(const QuantizedGraph& graph, const Target& target);

/// In: an int8 graph and how its convolutions are to be computed. Out: kernels with their weight
/// tiles and parameter blocks. Promise: executed one after the other on whole tensors, the kernels
/// compute the graph bit for bit, whatever the choices.
Result<MappedNetwork> MapNetwork(const QuantizedGraph& graph, const MappingChoices& choices,
                                 const Target& target, const CompilationOptions& options);

/// The same without the bytes of the weights: for comparing mappings.
MappedNetwork LayOutNetwork(const QuantizedGraph& graph, const MappingChoices& choices,
                            const Target& target, const CompilationOptions& options);

/// Judge: every weight of every convolution stands in exactly one array cell that multiplies its
/// input with its output, and so does every element of the second operand of a MatMul; tiles fit
/// the array; every tensor is written before it is read, and constants hold their values and are
/// never written.
Status Verify(const MappedNetwork& network, const QuantizedGraph& graph,
              const MappingChoices& choices, const Target& target);

/// One line per kernel.
std::string Dump(const MappedNetwork& network);

/// Cycles each resource needs for a kernel, whatever the schedule (DESIGN 6).
struct KernelCost {
  Mvms mvms;
  Cycles mvm, weight_load, vector, depthwise;
  Cycles move;                       // Copies within L1.
  double effective_utilisation = 0;  // MACs / (array cells * MVMs).
  double occupancy = 0;              // Weights / cells of the sets they stand in.
};
KernelCost CostOf(const Kernel& kernel, const Target& target, const CompilationOptions& options);

/// The same for a convolution laid out on the array whose weights need not be filled in yet.
/// Utilisation and occupancy are left out.
KernelCost CostOfArray(const ImcKernel& imc, const FeatureMap& output, const Target& target,
                       const CompilationOptions& options);

/// Picks the ICR factor and the packing of groups of every convolution, and moves depthwise ones to
/// the array, wherever the predicted timeline of the whole network gets shorter (DESIGN 6): a layer
/// alone cannot tell whether its larger weights load behind its neighbours or push others out of
/// L2. Never predicted slower than the plain mapping.
MappingChoices ChooseReplication(const QuantizedGraph& graph, const Target& target,
                                 const CompilationOptions& options);

/// Rate of the weight path of one core under the options, bytes per cycle.
double WeightBandwidth(const Target& target, const CompilationOptions& options);

}  // namespace imcc
