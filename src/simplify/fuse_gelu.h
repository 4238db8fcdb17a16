// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// x * (1 + erf(x / sqrt 2)) / 2, in any order of the factors, becomes Gelu.
void FuseGelu(Graph& graph);

}  // namespace imcc
