// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "ir/graph.h"
#include "ir/quantized_graph.h"

namespace imcc {

/// A float graph as the bytes of a standard ONNX model (opset 13, IR 7), NCHW at its edges.
Result<std::string> ExportOnnx(const Graph& graph);

/// A quantised graph as standard ONNX QDQ (opset 13): int8 activations, per-channel weights
/// (axis 0), int32 biases. Float inputs and outputs, NCHW.
Result<std::string> ExportQdq(const QuantizedGraph& graph);

/// A part of a network: one of the two.
struct ExportedPart {
  const Graph* host = nullptr;
  const QuantizedGraph* device = nullptr;
};

/// A network whose parts run one after the other, QDQ on the device and float on the host, with the
/// inputs and outputs of `network`. Values cross between parts as float, by tensor name.
Result<std::string> ExportQdq(const Graph& network, const std::vector<ExportedPart>& parts);

}  // namespace imcc
