// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// x * sigmoid(x) becomes one SiLU.
void FuseSilu(Graph& graph);

}  // namespace imcc
