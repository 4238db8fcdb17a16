// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// A Relu or Clip of a Relu or Clip becomes one Clip: PyTorch writes relu6 as Clip(Relu(x), 0, 6).
void JoinClamps(Graph& graph);

}  // namespace imcc
