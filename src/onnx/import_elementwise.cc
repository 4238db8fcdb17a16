// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <limits>

#include "onnx/compose.h"
#include "onnx/operators.h"

namespace imcc {
namespace {

OpKind BinaryKind(const std::string& op) {
  if (op == "Add" || op == "Sum" || op == "Mean") return OpKind::kAdd;
  if (op == "Sub") return OpKind::kSub;
  if (op == "Mul") return OpKind::kMul;
  if (op == "Min") return OpKind::kMin;
  return op == "Max" ? OpKind::kMax : OpKind::kDiv;
}

/// x / c as x * (1 / c): the device multiplies.
std::optional<HostTensor> Reciprocal(const HostTensor& divisor) {
  HostTensor result = divisor;
  for (float& value : result.floats) {
    if (value == 0) return std::nullopt;
    value = 1 / value;
  }
  return result;
}

/// The one value of a constant float input, if it is that.
std::optional<float> ScalarConstant(const Importer& importer, const OnnxNode& node, size_t i) {
  const Value* value = importer.Find(node.input(i));
  if (value == nullptr || !value->constant || value->constant->floats.size() != 1) return {};
  return value->constant->floats[0];
}

}  // namespace

Status ImportIdentity(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  return importer.Alias(node, x);
}

Status ImportDropout(Importer& importer, const OnnxNode& node) {
  if (node.has_input(2)) {
    IMCC_ASSIGN(const std::vector<int64_t> training, importer.IntsInput(node, 2));
    if (std::find(training.begin(), training.end(), 0) == training.end()) {
      return node.Unsupported("training_mode is on",
                              "export the model for inference (model.eval())");
    }
  }
  return ImportIdentity(importer, node);
}

Status ImportCast(Importer& importer, const OnnxNode& node) {
  const int64_t to = node.Int("to", 0);
  IMCC_ASSIGN(const Value* x, importer.Input(node, 0));
  // PyTorch casts int8 values to the type they have.
  if (x->element != Element::kFloat) {
    if (to == (x->element == Element::kUint8 ? onnx::TensorProto::UINT8 : onnx::TensorProto::INT8))
      return ImportIdentity(importer, node);
    return node.Unsupported(fmt::format("casts int8 activations to element type {}", to),
                            "dequantise them (DequantizeLinear)");
  }
  if (to != onnx::TensorProto::FLOAT && to != onnx::TensorProto::FLOAT16 &&
      to != onnx::TensorProto::DOUBLE && to != onnx::TensorProto::BFLOAT16) {
    return node.Unsupported(fmt::format("casts activations to element type {}", to),
                            "imcc computes on floats and quantises them itself");
  }
  return ImportIdentity(importer, node);
}

Status ImportBinary(Importer& importer, const OnnxNode& node) {
  OpKind kind = BinaryKind(node.op());
  IMCC_ASSIGN(const TensorId a, importer.InputTensor(node, 0));
  TensorId b;
  const Value* divisor = importer.Find(node.input(1));
  if (kind == OpKind::kDiv && divisor != nullptr && divisor->constant) {
    IMCC_ASSIGN(const HostTensor* constant, importer.ConstantInput(node, 1));
    if (constant->elements() == 0) return node.Invalid("its divisor is empty");
    const std::optional<HostTensor> reciprocal = Reciprocal(*constant);
    if (!reciprocal) return node.Invalid("divides by zero");
    kind = OpKind::kMul;
    b = importer.AddConstant(node.input(1) + "_reciprocal", reciprocal->shape, reciprocal->floats);
  } else {
    IMCC_ASSIGN(b, importer.InputTensor(node, 1));
  }
  return Composer(importer, node).EmitBinary(kind, a, b);
}

Status ImportVariadic(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(TensorId sum, importer.InputTensor(node, 0));
  Composer compose(importer, node);
  for (size_t i = 1; i < node.input_count(); ++i) {
    // Against one constant it is a clamp, which the device has.
    const std::optional<float> limit = ScalarConstant(importer, node, i);
    constexpr double kLowest = std::numeric_limits<float>::lowest();
    constexpr double kHighest = std::numeric_limits<float>::max();
    if (limit && (node.op() == "Min" || node.op() == "Max")) {
      const UnaryFunction clamp = node.op() == "Min"
                                      ? UnaryFunction{UnaryKind::kClip, kLowest, *limit}
                                      : UnaryFunction{UnaryKind::kClip, *limit, kHighest};
      IMCC_ASSIGN(sum, compose.Unary(sum, clamp));
      continue;
    }
    IMCC_ASSIGN(const TensorId next, importer.InputTensor(node, i));
    IMCC_ASSIGN(sum, compose.Binary(BinaryKind(node.op()), sum, next));
  }
  if (node.op() == "Mean" && node.input_count() > 1) {
    const float share = 1.0F / static_cast<float>(node.input_count());
    IMCC_ASSIGN(sum, compose.Binary(OpKind::kMul, sum, share));
  }
  return importer.Alias(node, sum);
}

Status ImportPow(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  Composer compose(importer, node);
  if (const std::optional<float> exponent = ScalarConstant(importer, node, 1)) {
    IMCC_ASSIGN(const TensorId y, compose.Unary(x, {UnaryKind::kPow, *exponent}));
    return importer.Alias(node, y);
  }
  const Value* given = importer.Find(node.input(1));
  if (given == nullptr || !given->constant || given->constant->is_float) {
    IMCC_ASSIGN(const TensorId exponents, importer.InputTensor(node, 1));
    return compose.EmitBinary(OpKind::kPow, x, exponents);
  }
  // The one operator whose operands may differ in type.
  if (given->constant->ints.empty()) return node.Invalid("its exponent is empty");
  const std::vector<float> values(given->constant->ints.begin(), given->constant->ints.end());
  return compose.EmitBinary(OpKind::kPow, x,
                            importer.AddConstant(node.input(1), given->constant->shape, values));
}

}  // namespace imcc
