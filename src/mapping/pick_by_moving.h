// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/options.h"
#include "ir/quantized_graph.h"
#include "target/target.h"

namespace imcc {

/// In: an int8 graph. Out: the same function, where channels are picked by a move instead of a 1x1
/// convolution if a transpose, gather or reshape alone reads them: one kernel then does both, and
/// no weights are loaded (the heads of attention are cut out of one projection like that).
QuantizedGraph PickByMoving(QuantizedGraph graph, const Target& target,
                            const CompilationOptions& options);

}  // namespace imcc
