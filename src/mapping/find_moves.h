// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "config/options.h"
#include "ir/element_view.h"
#include "ir/quantized_graph.h"
#include "target/target.h"

namespace imcc {

/// What one kernel moves: every element of a tensor comes from somewhere in `source`.
struct Move {
  QTensorId source;
  ElementView view;
};

/// True for a reshape whose tensors share their bytes: pixels keep their channels, and with them
/// the padding behind them.
bool KeepsPixels(const QuantizedGraph& graph, const QNode& node);

/// A transpose, a gather, or a reshape that does not keep pixels.
bool MovesElements(const QuantizedGraph& graph, const QNode& node);

/// A move has both tensors in L1 (ir/move_room.h).
bool FitL1(const QTensor& from, const QTensor& to, const Target& target,
           const CompilationOptions& options);

/// In: an int8 graph. Out: by node, the move that writes its output; nothing for nodes that move no
/// element, and for those that the only reader of their output does with its own. Promise: chains
/// of transposes, gathers and reshapes are one move wherever one view says it all and L1 holds what
/// it reads and writes.
std::vector<std::optional<Move>> FindMoves(const QuantizedGraph& graph, const Target& target,
                                           const CompilationOptions& options);

}  // namespace imcc
