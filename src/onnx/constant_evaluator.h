// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "onnx/importer.h"
#include "onnx/onnx_node.h"

namespace imcc {

/// Computes nodes whose inputs are all constants: the shape arithmetic exporters leave in a model.
class ConstantEvaluator {
 public:
  /// True if it knows the operator.
  static bool Knows(const std::string& op);
  /// Lets it compute as much again as the model itself holds: large models transpose large weights.
  void Grant(int64_t elements) { budget_ += elements; }
  /// Value of output 0. All inputs must be constants.
  Result<HostTensor> Evaluate(const Importer& importer, const OnnxNode& node);

 private:
  Status Spend(const OnnxNode& node, const Shape& shape);
  Result<HostTensor> Gather(const Importer& importer, const OnnxNode& node);
  Result<HostTensor> Concat(const Importer& importer, const OnnxNode& node);
  Result<HostTensor> Slice(const Importer& importer, const OnnxNode& node);
  Result<HostTensor> Binary(const Importer& importer, const OnnxNode& node);
  Result<HostTensor> Binary(const Importer& importer, const OnnxNode& node, const std::string& op);
  Result<HostTensor> Equal(const Importer& importer, const OnnxNode& node);
  Result<HostTensor> Where(const Importer& importer, const OnnxNode& node);
  Result<HostTensor> Reshape(const Importer& importer, const OnnxNode& node);
  Result<HostTensor> Transpose(const Importer& importer, const OnnxNode& node);
  Result<HostTensor> ConstantOfShape(const Importer& importer, const OnnxNode& node);

  // A tiny file must not make us compute for hours or fill the memory: 2^26 elements in all, and
  // those of its initializers.
  int64_t budget_ = int64_t{1} << 26;
};

}  // namespace imcc
