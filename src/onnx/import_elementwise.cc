// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

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

/// x / c as x * (1 / c), where c is not on a grid of int8: the device multiplies, and small
/// divisors do not round to zero.
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

/// One number divided by what the network computes, which has the shape of the result.
bool DividesNumber(const Importer& importer, const OnnxNode& node) {
  const std::optional<float> number = ScalarConstant(importer, node, 0);
  const Value* divisor = importer.Find(node.input(1));
  return number && std::isnormal(*number) && std::isnormal(1 / *number) && divisor != nullptr &&
         !divisor->constant &&
         importer.Find(node.input(0))->constant->shape.rank() <= importer.ShapeOf(*divisor).rank();
}

/// c / x as the inverse of x * (1 / c): a table, and a factor that costs int8 values nothing.
Status ImportInverse(Importer& importer, const OnnxNode& node) {
  const float number = *ScalarConstant(importer, node, 0);
  IMCC_ASSIGN(TensorId x, importer.InputTensor(node, 1));
  Composer compose(importer, node);
  if (number != 1) {
    IMCC_ASSIGN(x, compose.Binary(OpKind::kMul, x, 1 / number));
  }
  IMCC_ASSIGN(const TensorId y, compose.Unary(x, {UnaryKind::kReciprocal}));
  return importer.Alias(node, y);
}

/// The larger or the smaller of a value and a limit.
UnaryFunction LimitBy(const std::string& op, float limit) {
  constexpr double kLowest = std::numeric_limits<float>::lowest();
  constexpr double kHighest = std::numeric_limits<float>::max();
  if (op == "Min") return {UnaryKind::kClip, kLowest, limit};
  return {UnaryKind::kClip, limit, kHighest};
}

/// Operands as they are added up; of Min and Max single numbers come last, as limits of the others.
std::vector<size_t> OperandOrder(const Importer& importer, const OnnxNode& node) {
  std::vector<size_t> order(std::max<size_t>(node.input_count(), 1));
  std::iota(order.begin(), order.end(), size_t{0});
  if (node.op() != "Min" && node.op() != "Max") return order;
  std::stable_partition(order.begin(), order.end(),
                        [&](size_t i) { return !ScalarConstant(importer, node, i); });
  return order;
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
  if (kind == OpKind::kDiv && DividesNumber(importer, node)) return ImportInverse(importer, node);
  IMCC_ASSIGN(const TensorId a, importer.InputTensor(node, 0));
  TensorId b;
  const Value* divisor = importer.Find(node.input(1));
  const bool is_constant = divisor != nullptr && divisor->constant;
  if (kind == OpKind::kDiv && is_constant && divisor->constant->scales.empty()) {
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
  const std::vector<size_t> order = OperandOrder(importer, node);
  IMCC_ASSIGN(TensorId sum, importer.InputTensor(node, order[0]));
  Composer compose(importer, node);
  for (size_t next_operand = 1; next_operand < order.size(); ++next_operand) {
    const size_t i = order[next_operand];
    // Against one constant it is a clamp, which the device has.
    const std::optional<float> limit = ScalarConstant(importer, node, i);
    const bool limits =
        limit && (node.op() == "Min" || node.op() == "Max") &&
        importer.Find(node.input(i))->constant->shape.rank() <= compose.ShapeOf(sum).rank();
    if (limits) {
      IMCC_ASSIGN(sum, compose.Unary(sum, LimitBy(node.op(), *limit)));
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
