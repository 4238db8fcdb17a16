// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// Pads become the padding of the convolutions and poolings that read them, where that is the same.
void FusePad(Graph& graph);

}  // namespace imcc
