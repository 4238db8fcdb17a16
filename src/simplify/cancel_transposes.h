// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// Joins transposes of transposes; one that keeps the order of the bytes becomes a reshape.
void CancelTransposes(Graph& graph);

}  // namespace imcc
