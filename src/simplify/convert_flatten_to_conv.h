// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// A fully connected layer over a flattened feature map becomes a convolution as large as the map,
/// so that the feature map need not be transposed to [N,C,H,W].
void ConvertFlattenToConv(Graph& graph);

}  // namespace imcc
