// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// Removes reshapes to the same shape, identity functions and empty pads; joins reshapes of
/// reshapes.
void RemoveIdentities(Graph& graph);

}  // namespace imcc
