// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "onnx/compose.h"
#include "onnx/operators.h"

namespace imcc {
namespace {

/// An ONNX operator of one input: its attributes are the function's alpha and beta.
struct UnaryRow {
  std::string_view op;
  UnaryKind kind;
  const char* alpha = nullptr;
  float alpha_default = 0;
  const char* beta = nullptr;
  float beta_default = 0;
};

// Selu's defaults are the constants of Klambauer et al., "Self-Normalizing Neural Networks".
constexpr std::array kUnaryRows = std::to_array<UnaryRow>({
    {"Abs", UnaryKind::kAbs},
    {"Ceil", UnaryKind::kCeil},
    {"Celu", UnaryKind::kCelu, "alpha", 1.0F},
    {"Cos", UnaryKind::kCos},
    {"Elu", UnaryKind::kElu, "alpha", 1.0F},
    {"Erf", UnaryKind::kErf},
    {"Exp", UnaryKind::kExp},
    {"Floor", UnaryKind::kFloor},
    {"HardSigmoid", UnaryKind::kHardSigmoid, "alpha", 0.2F, "beta", 0.5F},
    {"HardSwish", UnaryKind::kHardSwish},
    {"LeakyRelu", UnaryKind::kLeakyRelu, "alpha", 0.01F},
    {"Log", UnaryKind::kLog},
    {"Mish", UnaryKind::kMish},
    {"Neg", UnaryKind::kNeg},
    {"Reciprocal", UnaryKind::kReciprocal},
    {"Relu", UnaryKind::kRelu},
    {"Round", UnaryKind::kRound},
    {"Selu", UnaryKind::kSelu, "alpha", 1.67326319F, "gamma", 1.05070102F},
    {"Sigmoid", UnaryKind::kSigmoid},
    {"Sign", UnaryKind::kSign},
    {"Sin", UnaryKind::kSin},
    {"Softplus", UnaryKind::kSoftplus},
    {"Softsign", UnaryKind::kSoftsign},
    {"Sqrt", UnaryKind::kSqrt},
    {"Tanh", UnaryKind::kTanh},
    {"ThresholdedRelu", UnaryKind::kThresholdedRelu, "alpha", 1.0F},
});

Status EmitUnary(Importer& importer, const OnnxNode& node, TensorId x, UnaryFunction function) {
  return importer.Emit(node, {.kind = OpKind::kUnary,
                              .inputs = {x},
                              .attributes = UnaryAttributes{function},
                              .layout = importer.graph().tensor(x).layout});
}

}  // namespace

Status ImportUnary(Importer& importer, const OnnxNode& node) {
  const auto row = std::find_if(kUnaryRows.begin(), kUnaryRows.end(),
                                [&](const UnaryRow& r) { return r.op == node.op(); });
  if (row == kUnaryRows.end()) return node.Unsupported("is not a function imcc knows");
  UnaryFunction function{row->kind};
  if (row->alpha != nullptr) function.alpha = node.Float(row->alpha, row->alpha_default);
  if (row->beta != nullptr) function.beta = node.Float(row->beta, row->beta_default);
  if (row->kind == UnaryKind::kCelu && function.alpha == 0) {
    return node.Invalid("its alpha is 0, by which it divides");
  }
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  return EmitUnary(importer, node, x, function);
}

Status ImportGelu(Importer& importer, const OnnxNode& node) {
  const std::string approximate = node.String("approximate", "none");
  if (approximate != "none" && approximate != "tanh") {
    return node.Invalid(fmt::format("approximate '{}' is unknown", approximate));
  }
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  return EmitUnary(importer, node, x,
                   {approximate == "tanh" ? UnaryKind::kGeluTanh : UnaryKind::kGelu});
}

Status ImportClip(Importer& importer, const OnnxNode& node) {
  constexpr float kLowest = std::numeric_limits<float>::lowest();
  constexpr float kHighest = std::numeric_limits<float>::max();
  IMCC_ASSIGN(const Value* value, importer.Input(node, 0));
  if (value->element != Element::kFloat) return ImportIntegerClip(importer, node, *value);
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

/// max(x, 0) + slope * min(x, 0): two clamps and a multiplication, all of which the device has.
Status ImportPRelu(Importer& importer, const OnnxNode& node) {
  constexpr float kLowest = std::numeric_limits<float>::lowest();
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  const Value* given = importer.Find(node.input(1));
  if (given != nullptr && given->constant && given->constant->elements() == 1) {
    IMCC_ASSIGN(const float slope, importer.ScalarInput(node, 1, 0));
    return EmitUnary(importer, node, x, {UnaryKind::kLeakyRelu, slope});
  }
  IMCC_ASSIGN(const TensorId slopes, importer.InputTensor(node, 1));
  Composer compose(importer, node);
  IMCC_ASSIGN(const TensorId above, compose.Unary(x, {UnaryKind::kRelu}));
  IMCC_ASSIGN(const TensorId below, compose.Unary(x, {UnaryKind::kClip, kLowest, 0}));
  IMCC_ASSIGN(const TensorId sloped, compose.Binary(OpKind::kMul, below, slopes));
  IMCC_ASSIGN(const TensorId sum, compose.Binary(OpKind::kAdd, above, sloped));
  return importer.Alias(node, sum);
}

}  // namespace imcc
