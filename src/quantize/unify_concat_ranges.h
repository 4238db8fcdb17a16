// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ir/graph.h"
#include "quantize/quantize.h"

namespace imcc {

/// Gives a tensor the range of the Concat it ends in, where nothing else reads it. Its values get
/// that scale in the end anyway; having it at once spares a table and one of two roundings. Through
/// operators that keep the scale of their input (MaxPool, Resize, ...) the rule holds for what they
/// read. A tensor with other readers keeps its own, finer scale. `graph` is a split graph.
void UnifyConcatRanges(const Graph& graph, std::vector<TensorRange>& ranges);

}  // namespace imcc
