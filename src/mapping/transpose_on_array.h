// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/quantized_graph.h"
#include "target/target.h"

namespace imcc {

/// In: an int8 graph. Out: the same function, where matrices of symmetric tensors are transposed by
/// the array if that is faster than copying single bytes: the matrix is loaded as weights, and unit
/// vectors read it out, I * B^T = B^T. The values of attention take this way.
QuantizedGraph TransposeOnArray(QuantizedGraph graph, const Target& target);

}  // namespace imcc
