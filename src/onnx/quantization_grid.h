// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "onnx/importer.h"

/// What operators on quantised values share. Inside imcc an int8 tensor of a quantised model is a
/// float tensor on a grid (OpKind::kFakeQuantize); uint8 is the same with all integers 128 less.
namespace imcc {

/// Where int8 values lie, and how the model counts them.
struct Grid {
  QuantizeAttributes attributes;
  Element element = Element::kUint8;
};

/// Scale and zero point of activations from inputs `scale` and `scale + 1` of a node. Without a
/// zero point it is the 0 of `otherwise`.
Result<Grid> ReadGrid(const Importer& importer, const OnnxNode& node, size_t scale,
                      Element otherwise = Element::kUint8);

/// The grid a tensor's values lie on, through operators that only move them.
const QuantizeAttributes* GridOf(const Graph& graph, TensorId tensor);

/// An error unless input `i` is an int8 tensor with the scale and zero point behind it.
Status ExpectGrid(const Importer& importer, const OnnxNode& node, size_t i);

/// The int8 values of a float constant, along `axis` if it has several scales.
Result<HostTensor> QuantizeConstant(const OnnxNode& node, const HostTensor& x, const Grid& grid,
                                    int64_t axis);

/// The float values of a constant: scale * (x - zero point), along `axis` if it has several scales.
/// Keeps the integers and scales beside them.
Result<HostTensor> Dequantize(const OnnxNode& node, const HostTensor& x, const HostTensor& scale,
                              const HostTensor* zero_point, int64_t axis);

/// Output 0 of `node` is `tensor` rounded to a grid. Several scales lie along ONNX axis `axis`.
Status EmitOnGrid(Importer& importer, const OnnxNode& node, TensorId tensor, Grid grid,
                  int64_t axis);

/// Notes on weights and biases of the graph where they come from: which int8 or int32 values.
Status KeepIntegers(Importer& importer, const OnnxNode& node, const HostTensor& from,
                    TensorId constant, int64_t output_axis);

}  // namespace imcc
