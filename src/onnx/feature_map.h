// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "onnx/importer.h"

namespace imcc {

/// The tensor stored [N,H,W,C] for an operator with this many spatial axes: [N,C,W] of a 1-D one
/// becomes a map of height 1.
Result<TensorId> FeatureMapOf(Importer& importer, const OnnxNode& node, TensorId x,
                              size_t spatial_axes);

/// Emits the operator and, for a 1-D one, takes the height from its output again.
Status EmitFeatureMap(Importer& importer, const OnnxNode& node, size_t spatial_axes,
                      Importer::Emission emission);

}  // namespace imcc
