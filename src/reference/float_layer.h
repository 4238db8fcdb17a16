// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reference/float_kernels.h"

/// What convolutions and fully connected layers on oneDNN have in common.
namespace imcc {

/// True for layers whose primitive applies the fused activation too, while the sums are still in
/// registers; a pass of its own over memory costs a third of a pointwise convolution.
bool LayerApplies(const Node& node);

/// What a layer asks of its primitive: a scratchpad from outside, and its activation.
dnnl::primitive_attr LayerAttributes(const Node& node);

/// Memory that changes from run to run.
struct LayerDescs {
  dnnl::memory::desc source, target, scratchpad;
};

/// A layer ready to run; `bias` may be empty.
FloatKernel MakeLayerKernel(OneDnn& onednn, const dnnl::primitive& primitive,
                            const LayerDescs& descs, const dnnl::memory& weights,
                            const dnnl::memory& bias);

}  // namespace imcc
