// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "onnx/importer.h"
#include "onnx/onnx_node.h"

namespace imcc {

/// Turns one ONNX node into nodes of the graph. Inputs that are all constant never get here.
using ImportOperator = Status (*)(Importer& importer, const OnnxNode& node);

/// Null if imcc has no such operator.
ImportOperator FindOperator(const std::string& op);
/// The oldest opset whose definition of the operator imcc reads; 0 for unknown ones.
int64_t OldestOpset(const std::string& op);

struct OperatorVersion {
  std::string op;
  int64_t oldest_opset = 1;
};
/// All operators imcc has, sorted by name.
std::vector<OperatorVersion> ImportedOperators();

// import_convolution.cc
Status ImportConv(Importer& importer, const OnnxNode& node);
Status ImportConvTranspose(Importer& importer, const OnnxNode& node);

// import_matmul.cc
Status ImportGemm(Importer& importer, const OnnxNode& node);
Status ImportMatMul(Importer& importer, const OnnxNode& node);

// import_normalization.cc
Status ImportBatchNormalization(Importer& importer, const OnnxNode& node);
Status ImportLayerNormalization(Importer& importer, const OnnxNode& node);
Status ImportInstanceNormalization(Importer& importer, const OnnxNode& node);
Status ImportSoftmax(Importer& importer, const OnnxNode& node);

// import_unary.cc
Status ImportUnary(Importer& importer, const OnnxNode& node);
Status ImportClip(Importer& importer, const OnnxNode& node);
Status ImportGelu(Importer& importer, const OnnxNode& node);
Status ImportPRelu(Importer& importer, const OnnxNode& node);

// import_elementwise.cc
Status ImportIdentity(Importer& importer, const OnnxNode& node);
Status ImportDropout(Importer& importer, const OnnxNode& node);
Status ImportCast(Importer& importer, const OnnxNode& node);
/// Clip of int8 activations `x`.
Status ImportIntegerClip(Importer& importer, const OnnxNode& node, const Value& x);
Status ImportBinary(Importer& importer, const OnnxNode& node);
Status ImportVariadic(Importer& importer, const OnnxNode& node);
Status ImportPow(Importer& importer, const OnnxNode& node);

// import_pool.cc
Status ImportPool(Importer& importer, const OnnxNode& node);

// import_quantize.cc
Status ImportQuantizeLinear(Importer& importer, const OnnxNode& node);
Status ImportDequantizeLinear(Importer& importer, const OnnxNode& node);

// import_qlinear.cc
Status ImportQLinear(Importer& importer, const OnnxNode& node);

// import_reduce.cc
Status ImportReduce(Importer& importer, const OnnxNode& node);
Status ImportGlobalPool(Importer& importer, const OnnxNode& node);
Status ImportArgMax(Importer& importer, const OnnxNode& node);

// import_reshape.cc
Status ImportReshape(Importer& importer, const OnnxNode& node);
Status ImportFlatten(Importer& importer, const OnnxNode& node);
Status ImportSqueeze(Importer& importer, const OnnxNode& node);
Status ImportUnsqueeze(Importer& importer, const OnnxNode& node);
Status ImportShape(Importer& importer, const OnnxNode& node);
Status ImportSize(Importer& importer, const OnnxNode& node);

// import_movement.cc
Status ImportConcat(Importer& importer, const OnnxNode& node);
Status ImportTranspose(Importer& importer, const OnnxNode& node);
Status ImportSlice(Importer& importer, const OnnxNode& node);

// import_pad.cc
Status ImportPad(Importer& importer, const OnnxNode& node);

// import_rearrange.cc
Status ImportSplit(Importer& importer, const OnnxNode& node);
Status ImportGather(Importer& importer, const OnnxNode& node);
Status ImportExpand(Importer& importer, const OnnxNode& node);
Status ImportTile(Importer& importer, const OnnxNode& node);
Status ImportDepthToSpace(Importer& importer, const OnnxNode& node);
Status ImportSpaceToDepth(Importer& importer, const OnnxNode& node);

// import_resize.cc
Status ImportResize(Importer& importer, const OnnxNode& node);

/// The shape a Reshape node asks for, with 0 (copy) and -1 (infer) resolved.
Result<Shape> ResolveReshape(const OnnxNode& node, const Shape& input,
                             const std::vector<int64_t>& wanted);
/// Axes of Squeeze, Unsqueeze and the like: input 1 in newer opsets, an attribute in older ones.
Result<std::optional<std::vector<int64_t>>> ReadAxes(const Importer& importer,
                                                     const OnnxNode& node);
Result<Shape> SqueezedShape(const Importer& importer, const OnnxNode& node, const Shape& input);
Result<Shape> UnsqueezedShape(const Importer& importer, const OnnxNode& node, const Shape& input);
Result<Shape> FlattenedShape(const OnnxNode& node, const Shape& input);

/// What a Slice selects, per ONNX axis.
struct SliceRange {
  std::vector<int64_t> starts;
  std::vector<int64_t> steps;
  std::vector<int64_t> counts;
};
Result<SliceRange> ReadSlice(const Importer& importer, const OnnxNode& node, const Shape& input);

}  // namespace imcc
