// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <limits>

#include "onnx/operators.h"

namespace imcc {
namespace {

UnaryFunction ReadUnary(const OnnxNode& node) {
  const std::string& op = node.op();
  if (op == "Relu") return {UnaryKind::kRelu};
  if (op == "LeakyRelu") return {UnaryKind::kLeakyRelu, node.Float("alpha", 0.01F)};
  if (op == "Sigmoid") return {UnaryKind::kSigmoid};
  if (op == "Tanh") return {UnaryKind::kTanh};
  if (op == "HardSwish") return {UnaryKind::kHardSwish};
  return {UnaryKind::kHardSigmoid, node.Float("alpha", 0.2F), node.Float("beta", 0.5F)};
}

OpKind BinaryKind(const std::string& op) {
  if (op == "Add") return OpKind::kAdd;
  if (op == "Sub") return OpKind::kSub;
  return op == "Mul" ? OpKind::kMul : OpKind::kDiv;
}

Status EmitUnary(Importer& importer, const OnnxNode& node, TensorId x, UnaryFunction function) {
  return importer.Emit(node, {.kind = OpKind::kUnary,
                              .inputs = {x},
                              .attributes = UnaryAttributes{function},
                              .layout = importer.graph().tensor(x).layout});
}

/// The tensor with leading dimensions of 1 up to rank 4, stored channels-last. Constants that
/// already have one dimension more than needed are left to the shape check.
Result<TensorId> BroadcastChannelsLast(Importer& importer, const OnnxNode& node, TensorId tensor) {
  Shape shape = importer.graph().tensor(tensor).shape;
  if (shape.rank() < 4) {
    std::vector<int64_t> dims(4 - shape.rank(), 1);
    dims.insert(dims.end(), shape.dims().begin(), shape.dims().end());
    if (Tensor& constant = importer.graph().tensor(tensor); constant.is_constant()) {
      constant.shape = Shape(dims);
    } else {
      tensor = importer.Reshaped(tensor, Shape(dims), Layout::kPlain, constant.name + "_4d");
    }
  }
  return importer.ChannelsLast(node, tensor);
}

bool IsChannelsLast(Importer& importer, TensorId tensor) {
  return importer.graph().tensor(tensor).layout == Layout::kChannelsLast;
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

}  // namespace

Status ImportUnary(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  return EmitUnary(importer, node, x, ReadUnary(node));
}

Status ImportClip(Importer& importer, const OnnxNode& node) {
  constexpr float kLowest = std::numeric_limits<float>::lowest();
  constexpr float kHighest = std::numeric_limits<float>::max();
  float lo = node.Float("min", kLowest);
  float hi = node.Float("max", kHighest);
  if (node.opset() >= 11) {
    IMCC_ASSIGN(lo, importer.ScalarInput(node, 1, kLowest));
    IMCC_ASSIGN(hi, importer.ScalarInput(node, 2, kHighest));
  }
  lo = std::max(lo, kLowest);  // Infinities say the same as the largest finite values.
  hi = std::min(hi, kHighest);
  if (!(lo <= hi))
    return node.Invalid(fmt::format("its limits {} and {} are not in order", lo, hi));
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  if (hi == kHighest && lo == kLowest) return importer.Alias(node, x);
  if (hi == kHighest && lo == 0) return EmitUnary(importer, node, x, {UnaryKind::kRelu});
  return EmitUnary(importer, node, x, {UnaryKind::kClip, lo, hi});
}

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
  if (to != onnx::TensorProto::FLOAT && to != onnx::TensorProto::FLOAT16 &&
      to != onnx::TensorProto::DOUBLE && to != onnx::TensorProto::BFLOAT16) {
    return node.Unsupported(fmt::format("casts activations to element type {}", to),
                            "imcc computes on floats and quantises them itself");
  }
  return ImportIdentity(importer, node);
}

Status ImportExp(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  return importer.Emit(
      node, {.kind = OpKind::kExp, .inputs = {x}, .layout = importer.graph().tensor(x).layout});
}

Status ImportBinary(Importer& importer, const OnnxNode& node) {
  OpKind kind = BinaryKind(node.op());
  IMCC_ASSIGN(TensorId a, importer.InputTensor(node, 0));
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
  const size_t rank =
      std::max(importer.graph().tensor(a).shape.rank(), importer.graph().tensor(b).shape.rank());
  Layout layout = Layout::kPlain;
  if (IsChannelsLast(importer, a) || IsChannelsLast(importer, b)) {
    if (rank == 4) {
      layout = Layout::kChannelsLast;
      IMCC_ASSIGN(a, BroadcastChannelsLast(importer, node, a));
      IMCC_ASSIGN(b, BroadcastChannelsLast(importer, node, b));
    } else {
      a = importer.Plain(a);
      b = importer.Plain(b);
    }
  }
  return importer.Emit(node, {.kind = kind, .inputs = {a, b}, .layout = layout});
}

Status ImportSoftmax(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(TensorId x, importer.InputTensor(node, 0));
  const Layout layout = importer.graph().tensor(x).layout;
  const Shape shape = ExternalShape(importer.graph().tensor(x));
  const bool flattens = node.opset() < 13;
  IMCC_ASSIGN(const int64_t axis,
              NormalizeAxis(node, node.Int("axis", flattens ? 1 : -1), shape.rank()));
  // Before opset 13 Softmax normalised over all axes from `axis` on together.
  int64_t before = 1;
  int64_t after = 1;
  for (size_t i = 0; i < shape.rank(); ++i) {
    if (i < static_cast<size_t>(axis)) before *= shape[i];
    if (i > static_cast<size_t>(axis)) after *= shape[i];
  }
  if (!flattens || after == 1) {
    return importer.Emit(node, {.kind = OpKind::kSoftmax,
                                .inputs = {x},
                                .attributes = SoftmaxAttributes{StoredAxis(axis, layout)},
                                .layout = layout});
  }
  const Shape matrix{before, shape.elements() / before};
  x = importer.Reshaped(importer.Plain(x), matrix, Layout::kPlain, node.output() + "_matrix");
  IMCC_ASSIGN(x,
              importer.EmitStep(
                  node, "_rows",
                  {.kind = OpKind::kSoftmax, .inputs = {x}, .attributes = SoftmaxAttributes{1}}));
  return importer.Emit(node, {.kind = OpKind::kReshape, .inputs = {x}, .shape = shape});
}

}  // namespace imcc
