// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>

#include "base/error.h"
#include "ir/graph.h"
#include "reference/onednn.h"

/// One prepared kernel for each operator of the float graph.
namespace imcc {

/// Computes one node: values of its inputs in stored order to values of its output. Pointers of
/// inputs that were packed while the kernel was made (weights, biases) may be null.
using FloatKernel = std::function<void(std::span<const float* const> inputs, float* output)>;

/// True for inputs whose constant values the kernel keeps in a form of its own.
bool PacksInput(const Node& node, size_t input);

/// The kernel of a node without its fused activation, but see LayerApplies in float_layer.h.
/// `onednn` must outlive it.
Result<FloatKernel> MakeFloatKernel(const Graph& graph, const Node& node, OneDnn& onednn);

Result<FloatKernel> MakeConvKernel(const Graph& graph, const Node& node, OneDnn& onednn);
Result<FloatKernel> MakeFullyConnectedKernel(const Graph& graph, const Node& node, OneDnn& onednn);
FloatKernel MakeUnaryKernel(const Graph& graph, const Node& node);
FloatKernel MakeBatchNormKernel(const Graph& graph, const Node& node);
FloatKernel MakeBinaryKernel(const Graph& graph, const Node& node);
FloatKernel MakeSoftmaxKernel(const Graph& graph, const Node& node);
FloatKernel MakePoolKernel(const Graph& graph, const Node& node);
FloatKernel MakeLayerNormKernel(const Graph& graph, const Node& node);
FloatKernel MakeResizeKernel(const Graph& graph, const Node& node);
FloatKernel MakeConcatKernel(const Graph& graph, const Node& node);
FloatKernel MakeReshapeKernel(const Graph& graph, const Node& node);
FloatKernel MakeTransposeKernel(const Graph& graph, const Node& node);
FloatKernel MakePadKernel(const Graph& graph, const Node& node);
FloatKernel MakeSliceKernel(const Graph& graph, const Node& node);
FloatKernel MakeGatherKernel(const Graph& graph, const Node& node);
FloatKernel MakeReduceKernel(const Graph& graph, const Node& node);
FloatKernel MakeArgMaxKernel(const Graph& graph, const Node& node);
FloatKernel MakeMatMulKernel(const Graph& graph, const Node& node);
FloatKernel MakeConvTransposeKernel(const Graph& graph, const Node& node);
FloatKernel MakeFakeQuantizeKernel(const Graph& graph, const Node& node);

/// values[i] = function(values[i]).
void ApplyInPlace(const UnaryFunction& function, float* values, int64_t count);

}  // namespace imcc
