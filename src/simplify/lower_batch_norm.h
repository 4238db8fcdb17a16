// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// BatchNorms that could not be folded become depthwise 1x1 convolutions, which the device can run.
void LowerBatchNorm(Graph& graph);

}  // namespace imcc
