// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// Computes element-wise and data-moving nodes all of whose inputs are constants.
void FoldConstants(Graph& graph);

}  // namespace imcc
