// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "ir/graph.h"
#include "ir/quantized_graph.h"
#include "onnx/onnx_builder.h"

namespace imcc {

/// Keeps the names of a graph's tensors; before any node of the model is written.
void ReserveNames(const Graph& graph, OnnxBuilder& builder);
void ReserveNames(const QuantizedGraph& graph, OnnxBuilder& builder);

/// Writes the nodes of a graph. Its inputs are values of the model already, under the names of the
/// tensors, float and NCHW; so are its outputs then.
Status ExportNodes(const Graph& graph, OnnxBuilder& builder);
Status ExportNodes(const QuantizedGraph& graph, OnnxBuilder& builder);

}  // namespace imcc
