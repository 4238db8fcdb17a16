// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// Folds BatchNorms into the weights and bias of the convolution, fully connected layer or
/// BatchNorm before them, where nothing else reads that.
void FoldBatchNorm(Graph& graph);

}  // namespace imcc
