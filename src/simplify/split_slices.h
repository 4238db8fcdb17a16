// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// A Slice along several axes becomes one along each: the device picks along one side at a time.
void SplitSlices(Graph& graph);

}  // namespace imcc
