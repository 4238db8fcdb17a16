// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// The mean, sum or maximum over axes before the last becomes pooling, which the device runs: over
/// rows and columns of a feature map as it is, else over the columns of a reshaped tensor. A sum is
/// the mean times the number of values.
void LowerReduce(Graph& graph);

/// True for a reduction of a tensor of this shape that LowerReduce turns into pooling.
bool BecomesPooling(const Shape& shape, const ReduceAttributes& reduce);

}  // namespace imcc
