// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// Relu and Clip become the fused clamp of the operator before them.
void FuseActivation(Graph& graph);

}  // namespace imcc
