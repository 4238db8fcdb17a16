// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "onnx/compose.h"
#include "onnx/operators.h"
#include "onnx/quantization_grid.h"

namespace imcc {
namespace {

/// A Gemm or MatMul addend spread over the outputs and scaled.
Result<std::vector<float>> SpreadBias(const OnnxNode& node, const HostTensor& c, int64_t outputs,
                                      float beta) {
  if (c.elements() != 1 && (c.elements() != outputs || c.shape.back() != outputs)) {
    return node.Unsupported(
        fmt::format("C {} is not one value per output ({})", c.shape.ToString(), outputs));
  }
  std::vector<float> bias(static_cast<size_t>(outputs));
  for (size_t i = 0; i < bias.size(); ++i) bias[i] = beta * c.floats[c.elements() == 1 ? 0 : i];
  return bias;
}

bool IsConstantMatrix(const Importer& importer, const std::string& name) {
  const Value* value = importer.Find(name);
  return value != nullptr && value->constant && value->constant->shape.rank() == 2;
}

/// C as one value per output, if it is that: the bias of a fully connected layer.
bool IsBias(const Importer& importer, const OnnxNode& node, int64_t outputs) {
  if (!node.has_input(2)) return true;
  const Value* c = importer.Find(node.input(2));
  if (c == nullptr || !c->constant) return false;
  const Shape& shape = c->constant->shape;
  return shape.elements() == 1 || (shape.elements() == outputs && shape.back() == outputs);
}

/// alpha * op(A) * op(B) + beta * C, whatever of it the network computes.
Status GeneralGemm(Importer& importer, const OnnxNode& node) {
  Composer compose(importer, node);
  IMCC_ASSIGN(TensorId a, importer.InputTensor(node, 0));
  IMCC_ASSIGN(TensorId b, importer.InputTensor(node, 1));
  if (compose.ShapeOf(a).rank() != 2 || compose.ShapeOf(b).rank() != 2) {
    return node.Invalid("its operands must have two dimensions");
  }
  if (node.Int("transA", 0) != 0) {
    IMCC_ASSIGN(a, compose.Transpose(a, {1, 0}));
  }
  if (node.Int("transB", 0) != 0) {
    IMCC_ASSIGN(b, compose.Transpose(b, {1, 0}));
  }
  IMCC_ASSIGN(TensorId y,
              importer.EmitStep(
                  node, "_product",
                  {.kind = OpKind::kMatMul, .inputs = {a, b}, .attributes = MatMulAttributes{}}));
  if (const float alpha = node.Float("alpha", 1); alpha != 1) {
    IMCC_ASSIGN(y, compose.Binary(OpKind::kMul, y, alpha));
  }
  if (!node.has_input(2)) return importer.Alias(node, y);
  IMCC_ASSIGN(TensorId c, importer.InputTensor(node, 2));
  if (const float beta = node.Float("beta", 1); beta != 1) {
    IMCC_ASSIGN(c, compose.Binary(OpKind::kMul, c, beta));
  }
  return compose.EmitBinary(OpKind::kAdd, y, c);
}

Shape WithLeadingOnes(const Shape& shape, size_t rank) {
  if (shape.rank() >= rank) return shape;
  std::vector<int64_t> dims(rank - shape.rank(), 1);
  dims.insert(dims.end(), shape.dims().begin(), shape.dims().end());
  return Shape(dims);
}

/// Vectors count as matrices of one row (on the left) or one column, which the result drops.
Status GeneralMatMul(Importer& importer, const OnnxNode& node) {
  Composer compose(importer, node);
  IMCC_ASSIGN(TensorId a, importer.InputTensor(node, 0));
  IMCC_ASSIGN(TensorId b, importer.InputTensor(node, 1));
  Shape left = compose.ShapeOf(a);
  Shape right = compose.ShapeOf(b);
  if (left.rank() == 0 || right.rank() == 0) return node.Invalid("an operand is a scalar");
  const bool row = left.rank() == 1;
  const bool column = right.rank() == 1;
  if (row) left = {1, left[0]};
  if (column) right = {right[0], 1};
  const size_t rank = std::max(left.rank(), right.rank());
  a = compose.Reshape(importer.Plain(a), WithLeadingOnes(left, rank));
  b = compose.Reshape(importer.Plain(b), WithLeadingOnes(right, rank));
  IMCC_ASSIGN(const TensorId y,
              importer.EmitStep(
                  node, "_product",
                  {.kind = OpKind::kMatMul, .inputs = {a, b}, .attributes = MatMulAttributes{}}));
  std::vector<int64_t> dims = compose.ShapeOf(y).dims();
  if (column) dims.pop_back();
  if (row) dims.erase(dims.end() - (column ? 1 : 2));
  return importer.Alias(node, compose.Reshape(y, Shape(dims)));
}

}  // namespace

Status ImportGemm(Importer& importer, const OnnxNode& node) {
  if (node.Int("transA", 0) != 0 || !IsConstantMatrix(importer, node.input(1))) {
    return GeneralGemm(importer, node);
  }
  IMCC_ASSIGN(const HostTensor* b, importer.WeightsInput(node, 1));
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  if (b->shape.rank() != 2 || importer.graph().tensor(x).shape.rank() != 2) {
    return node.Invalid("its operands must have two dimensions");
  }
  HostTensor weights = node.Int("transB", 0) != 0 ? *b : Permute(*b, {1, 0});
  const float alpha = node.Float("alpha", 1);
  for (float& w : weights.floats) w *= alpha;
  const int64_t outputs = weights.shape[0];
  if (!IsBias(importer, node, outputs)) return GeneralGemm(importer, node);
  std::vector<TensorId> inputs = {
      x, importer.AddConstant(node.input(1), weights.shape, std::move(weights.floats))};
  if (alpha == 1)
    IMCC_TRY(KeepIntegers(importer, node, *b, inputs[1], node.Int("transB", 0) != 0 ? 0 : 1));
  if (node.has_input(2)) {
    IMCC_ASSIGN(const HostTensor* c, importer.WeightsInput(node, 2));
    IMCC_ASSIGN(std::vector<float> bias, SpreadBias(node, *c, outputs, node.Float("beta", 1)));
    inputs.push_back(importer.AddConstant(node.input(2), Shape{outputs}, std::move(bias)));
    if (c->elements() == outputs && c->shape.rank() == 1 && node.Float("beta", 1) == 1)
      IMCC_TRY(KeepIntegers(importer, node, *c, inputs[2], /*output_axis=*/0));
  }
  return importer.Emit(node, {.kind = OpKind::kFullyConnected, .inputs = std::move(inputs)});
}

Status ImportMatMul(Importer& importer, const OnnxNode& node) {
  if (!IsConstantMatrix(importer, node.input(1))) return GeneralMatMul(importer, node);
  IMCC_ASSIGN(const HostTensor* b, importer.WeightsInput(node, 1));
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  HostTensor weights = Permute(*b, {1, 0});
  const TensorId stored =
      importer.AddConstant(node.input(1), weights.shape, std::move(weights.floats));
  IMCC_TRY(KeepIntegers(importer, node, *b, stored, /*output_axis=*/1));
  return importer.Emit(node,
                       {.kind = OpKind::kFullyConnected, .inputs = {importer.Plain(x), stored}});
}

}  // namespace imcc
