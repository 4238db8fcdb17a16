// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// Puts the smaller operand of a commutative operator second: the device broadcasts only that one.
void OrderOperands(Graph& graph);

}  // namespace imcc
