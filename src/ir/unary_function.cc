// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/unary_function.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/check.h"

namespace imcc {
namespace {

double Clamp(double x, double lo, double hi) { return std::min(std::max(x, lo), hi); }
double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
/// log(1 + exp(x)) without overflow.
double Softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
double Elu(double x, double alpha) { return x < 0 ? alpha * std::expm1(x) : x; }
double GeluTanh(double x) {
  const double inner = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
  return 0.5 * x * (1 + std::tanh(inner));
}

struct Row {
  UnaryKind kind;
  std::string_view name;
  int parameters;  // How many of alpha, beta it has.
  double (*evaluate)(double x, double alpha, double beta);
};

// In the order of UnaryKind.
constexpr std::array kRows = std::to_array<Row>({
    {UnaryKind::kIdentity, "Identity", 0, [](double x, double, double) { return x; }},
    {UnaryKind::kRelu, "Relu", 0, [](double x, double, double) { return std::max(x, 0.0); }},
    {UnaryKind::kClip, "Clip", 2, Clamp},
    {UnaryKind::kLeakyRelu, "LeakyRelu", 1,
     [](double x, double a, double) { return x < 0 ? a * x : x; }},
    {UnaryKind::kSigmoid, "Sigmoid", 0, [](double x, double, double) { return Sigmoid(x); }},
    {UnaryKind::kTanh, "Tanh", 0, [](double x, double, double) { return std::tanh(x); }},
    {UnaryKind::kHardSigmoid, "HardSigmoid", 2,
     [](double x, double a, double b) { return Clamp(a * x + b, 0, 1); }},
    {UnaryKind::kHardSwish, "HardSwish", 0,
     [](double x, double, double) { return x * Clamp(x / 6 + 0.5, 0, 1); }},
    {UnaryKind::kSilu, "Silu", 0, [](double x, double, double) { return x * Sigmoid(x); }},
    {UnaryKind::kAbs, "Abs", 0, [](double x, double, double) { return std::abs(x); }},
    {UnaryKind::kCeil, "Ceil", 0, [](double x, double, double) { return std::ceil(x); }},
    {UnaryKind::kCelu, "Celu", 1,
     [](double x, double a,
        double) { return std::max(x, 0.0) + std::min(a * std::expm1(x / a), 0.0); }},
    {UnaryKind::kCos, "Cos", 0, [](double x, double, double) { return std::cos(x); }},
    {UnaryKind::kElu, "Elu", 1, [](double x, double a, double) { return Elu(x, a); }},
    {UnaryKind::kErf, "Erf", 0, [](double x, double, double) { return std::erf(x); }},
    {UnaryKind::kExp, "Exp", 0, [](double x, double, double) { return std::exp(x); }},
    {UnaryKind::kFloor, "Floor", 0, [](double x, double, double) { return std::floor(x); }},
    {UnaryKind::kGelu, "Gelu", 0,
     [](double x, double, double) { return 0.5 * x * std::erfc(-x / std::numbers::sqrt2); }},
    {UnaryKind::kGeluTanh, "GeluTanh", 0, [](double x, double, double) { return GeluTanh(x); }},
    {UnaryKind::kLog, "Log", 0, [](double x, double, double) { return std::log(x); }},
    {UnaryKind::kMish, "Mish", 0,
     [](double x, double, double) { return x * std::tanh(Softplus(x)); }},
    {UnaryKind::kNeg, "Neg", 0, [](double x, double, double) { return -x; }},
    {UnaryKind::kPow, "Pow", 1, [](double x, double a, double) { return std::pow(x, a); }},
    {UnaryKind::kReciprocal, "Reciprocal", 0, [](double x, double, double) { return 1 / x; }},
    {UnaryKind::kRound, "Round", 0, [](double x, double, double) { return std::nearbyint(x); }},
    {UnaryKind::kSelu, "Selu", 2, [](double x, double a, double b) { return b * Elu(x, a); }},
    {UnaryKind::kSign, "Sign", 0,
     [](double x, double, double) { return static_cast<double>((x > 0) - (x < 0)); }},
    {UnaryKind::kSin, "Sin", 0, [](double x, double, double) { return std::sin(x); }},
    {UnaryKind::kSoftplus, "Softplus", 0, [](double x, double, double) { return Softplus(x); }},
    {UnaryKind::kSoftsign, "Softsign", 0,
     [](double x, double, double) { return x / (1 + std::abs(x)); }},
    {UnaryKind::kSqrt, "Sqrt", 0, [](double x, double, double) { return std::sqrt(x); }},
    {UnaryKind::kThresholdedRelu, "ThresholdedRelu", 1,
     [](double x, double a, double) { return x > a ? x : 0.0; }},
});

constexpr bool RowsFollowUnaryKind() {
  for (size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<size_t>(kRows[i].kind) != i) return false;
  }
  return true;
}
static_assert(RowsFollowUnaryKind());

const Row& RowOf(UnaryKind kind) {
  const auto row = static_cast<size_t>(kind);
  IMCC_CHECK(row < kRows.size(), "unary function without a row");
  return kRows[row];
}

}  // namespace

double Evaluate(const UnaryFunction& function, double x) {
  return RowOf(function.kind).evaluate(x, function.alpha, function.beta);
}

bool IsClamp(UnaryKind kind) { return kind == UnaryKind::kRelu || kind == UnaryKind::kClip; }

std::string_view Name(UnaryKind kind) { return RowOf(kind).name; }

std::string ToString(const UnaryFunction& function) {
  const Row& row = RowOf(function.kind);
  if (row.parameters == 0) return std::string(row.name);
  if (row.parameters == 1) return fmt::format("{}({})", row.name, function.alpha);
  return fmt::format("{}({}, {})", row.name, function.alpha, function.beta);
}

}  // namespace imcc
