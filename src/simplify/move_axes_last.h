// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// Softmax, ArgMax and reductions along other axes than the last get these to the end, where the
/// vector unit sees all of them at once: transposes before, and where order matters behind. What
/// becomes pooling (LowerReduce) stays as it is.
void MoveAxesLast(Graph& graph);

}  // namespace imcc
