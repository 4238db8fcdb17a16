// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/operators.h"
#include "onnx/quantization_grid.h"

namespace imcc {

Status ImportQuantizeLinear(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(QuantizeAttributes grid, ReadGrid(importer, node, 1));
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  return EmitOnGrid(importer, node, x, std::move(grid), node.Int("axis", 1));
}

/// Of a constant: its float values. Of an activation: nothing, its values are on the grid already.
Status ImportDequantizeLinear(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const Value* x, importer.Input(node, 0));
  if (!x->constant) {
    IMCC_TRY(ExpectGrid(importer, node, 0));
    return importer.Alias(node, x->tensor);
  }
  IMCC_ASSIGN(const HostTensor* scale, importer.ConstantInput(node, 1));
  const HostTensor* zero_point = nullptr;
  if (node.has_input(2)) {
    IMCC_ASSIGN(const Value* zero, importer.Input(node, 2));
    if (!zero->constant) return node.Unsupported("its zero point is computed by the network");
    zero_point = &*zero->constant;
  }
  int64_t axis = 0;
  if (scale->floats.size() > 1) {
    IMCC_ASSIGN(axis, NormalizeAxis(node, node.Int("axis", 1), x->constant->shape.rank()));
  }
  IMCC_ASSIGN(HostTensor values, Dequantize(node, *x->constant, *scale, zero_point, axis));
  importer.BindConstant(node.output(), std::move(values));
  return {};
}

}  // namespace imcc
