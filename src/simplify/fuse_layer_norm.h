// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// (x - mean) / sqrt(variance + epsilon) over the last stored axis, however it is spelt, becomes
/// one LayerNorm; a factor and an addend per channel behind it, constants both, become its own.
void FuseLayerNorm(Graph& graph);

}  // namespace imcc
