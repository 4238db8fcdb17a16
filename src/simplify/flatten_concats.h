// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// A Concat along an axis that is neither rows, columns nor channels of a feature map becomes one
/// of columns: what lies before the axis are rows, and the axis with all behind it but the last are
/// columns. Reshapes around it move nothing.
void FlattenConcats(Graph& graph);

}  // namespace imcc
