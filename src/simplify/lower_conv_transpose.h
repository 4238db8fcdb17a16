// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// A ConvTranspose of stride s whose output is s times its input becomes s x s convolutions, one a
/// phase of the output pixels (sub-pixel convolution, Shi et al., CVPR 2016), joined side by side,
/// with the columns then put in order: as many products, all of them on the array. Others stay.
void LowerConvTranspose(Graph& graph);

}  // namespace imcc
