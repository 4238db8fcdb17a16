// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <onnx/onnx_pb.h>

#include <limits>

#include "onnx/operators.h"
#include "onnx/quantization_grid.h"

namespace imcc {

/// Of a constant (weights in models from quantisation-aware training): its integers.
Status ImportQuantizeLinear(Importer& importer, const OnnxNode& node) {
  const bool is_int8 = node.Int("output_dtype", 0) == onnx::TensorProto::INT8;
  IMCC_ASSIGN(Grid grid, ReadGrid(importer, node, 1, is_int8 ? Element::kInt8 : Element::kUint8));
  IMCC_ASSIGN(const Value* x, importer.Input(node, 0));
  if (!x->constant)
    return EmitOnGrid(importer, node, x->tensor, std::move(grid), node.Int("axis", 1));
  IMCC_ASSIGN(const HostTensor* constant, importer.ConstantInput(node, 0));
  int64_t axis = 0;
  if (grid.attributes.scale.size() > 1) {
    IMCC_ASSIGN(axis, NormalizeAxis(node, node.Int("axis", 1), constant->shape.rank()));
  }
  IMCC_ASSIGN(HostTensor integers, QuantizeConstant(node, *constant, grid, axis));
  importer.BindConstant(node.output(), std::move(integers));
  return {};
}

/// Limits are integers of the same type: a clamp between two values of the grid.
Status ImportIntegerClip(Importer& importer, const OnnxNode& node, const Value& x) {
  const QuantizeAttributes* on = GridOf(importer.graph(), x.tensor);
  if (on == nullptr || on->scale.size() != 1)
    return node.Unsupported("it clips integers that have no scale, or several");
  const Grid grid{.attributes = *on, .element = x.element};
  const int64_t offset = grid.element == Element::kUint8 ? 128 : 0;
  UnaryFunction clip{.kind = UnaryKind::kClip,
                     .alpha = std::numeric_limits<float>::lowest(),
                     .beta = std::numeric_limits<float>::max()};
  for (const size_t i : {size_t{1}, size_t{2}}) {
    if (!node.has_input(i)) continue;
    IMCC_ASSIGN(const std::vector<int64_t> limit, importer.IntsInput(node, i));
    if (limit.size() != 1) return node.Invalid("its limit is not a single value");
    const int64_t steps = limit[0] - offset - grid.attributes.zero_point[0];
    (i == 1 ? clip.alpha : clip.beta) = static_cast<float>(steps) * grid.attributes.scale[0];
  }
  IMCC_ASSIGN(const TensorId clipped,
              importer.EmitStep(node, "_clipped",
                                {.kind = OpKind::kUnary,
                                 .inputs = {x.tensor},
                                 .attributes = UnaryAttributes{clip},
                                 .layout = importer.graph().tensor(x.tensor).layout}));
  return EmitOnGrid(importer, node, clipped, grid, 1);
}

/// Of a constant: its float values. Of an activation: nothing, its values are on the grid already.
Status ImportDequantizeLinear(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const Value* x, importer.Input(node, 0));
  if (!x->constant) {
    IMCC_TRY(ExpectGrid(importer, node, 0));
    importer.BindTensor(node.output(), x->tensor, Element::kFloat);
    return {};
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
