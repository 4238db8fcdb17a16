// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// clip(x + 3, 0, 6) / 6 becomes one HardSigmoid, and x times that one HardSwish.
void FuseHardSwish(Graph& graph);

}  // namespace imcc
