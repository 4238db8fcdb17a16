// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// A dilated AveragePool, which the depthwise unit lacks and ONNX has since opset 19, becomes a
/// depthwise convolution of equal weights. Where padding does not count, a product with a constant
/// makes up for the taps that fell on it.
void LowerDilatedPool(Graph& graph);

}  // namespace imcc
