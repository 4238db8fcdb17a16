// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// Operands that numpy would broadcast over rows, columns or channels are spread by a Gather each,
/// which the device runs; constants here and now. One value a channel stays: the device spreads a
/// second operand itself.
void ExpandOperands(Graph& graph);

}  // namespace imcc
