// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "onnx/importer.h"

namespace imcc {

/// Builds one ONNX operator out of several nodes of the graph: y = f(g(x), h(x)). Intermediate
/// values are named after the node's output.
class Composer {
 public:
  Composer(Importer& importer, const OnnxNode& node) : importer_(importer), node_(node) {}

  Result<TensorId> Unary(TensorId x, UnaryFunction function);
  /// Broadcasts like numpy in the axes of the ONNX model, whatever the operands are stored as.
  Result<TensorId> Binary(OpKind kind, TensorId a, TensorId b);
  Result<TensorId> Binary(OpKind kind, TensorId a, float b);
  /// The same as the node that computes the operator's output.
  Status EmitBinary(OpKind kind, TensorId a, TensorId b);
  /// Over ONNX axes, which stay with length 1.
  Result<TensorId> Reduce(TensorId x, ReduceAttributes::Kind kind, std::vector<int64_t> axes);
  /// `x` under another ONNX shape of the same elements.
  TensorId Reshape(TensorId x, const Shape& shape);
  /// Of a plain tensor.
  Result<TensorId> Transpose(TensorId x, std::vector<int64_t> permutation);
  /// `count` elements of an ONNX axis from `start` on.
  Result<TensorId> Slice(TensorId x, int64_t axis, int64_t start, int64_t count);
  /// Picks elements of an ONNX axis.
  Result<TensorId> Gather(TensorId x, int64_t axis, std::vector<int64_t> indices);
  /// Adds elements of one value before and after those of an ONNX axis.
  Result<TensorId> Pad(TensorId x, int64_t axis, int64_t before, int64_t after, float value);

  const Tensor& tensor(TensorId id) { return importer_.graph().tensor(id); }
  /// Shape in ONNX axes.
  Shape ShapeOf(TensorId id) { return ExternalShape(tensor(id)); }

 private:
  Result<TensorId> Emit(const char* suffix, Importer::Emission emission) {
    return importer_.EmitStep(node_, suffix, std::move(emission));
  }
  Status AlignLayouts(TensorId& a, TensorId& b, Layout& layout);
  Result<TensorId> RankFour(TensorId tensor);

  Importer& importer_;
  const OnnxNode& node_;
};

}  // namespace imcc
