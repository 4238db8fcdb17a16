// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// Adding, subtracting or multiplying a constant per channel becomes a BatchNorm (scale and shift),
/// the one form later passes fold.
void CanonicalizeScaleShift(Graph& graph);

}  // namespace imcc
