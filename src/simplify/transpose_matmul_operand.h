// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// Products of two activations read their second operand row by row, as the array takes its
/// weights: a Transpose goes before it, and often meets one that it undoes.
void TransposeMatMulOperand(Graph& graph);

}  // namespace imcc
