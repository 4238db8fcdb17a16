// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/unary_function.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace imcc {
namespace {

double Clamp(double x, double lo, double hi) { return std::min(std::max(x, lo), hi); }
double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

double Evaluate(const UnaryFunction& function, double x) {
  switch (function.kind) {
    case UnaryKind::kIdentity:
      return x;
    case UnaryKind::kRelu:
      return std::max(x, 0.0);
    case UnaryKind::kClip:
      return Clamp(x, function.alpha, function.beta);
    case UnaryKind::kLeakyRelu:
      return x < 0 ? function.alpha * x : x;
    case UnaryKind::kSigmoid:
      return Sigmoid(x);
    case UnaryKind::kTanh:
      return std::tanh(x);
    case UnaryKind::kHardSigmoid:
      return Clamp(function.alpha * x + function.beta, 0, 1);
    case UnaryKind::kHardSwish:
      return x * Clamp(x / 6 + 0.5, 0, 1);
    case UnaryKind::kSilu:
      return x * Sigmoid(x);
  }
  FailCheck(__FILE__, __LINE__, "kind", "unknown unary function");
}

bool IsClamp(UnaryKind kind) { return kind == UnaryKind::kRelu || kind == UnaryKind::kClip; }

std::string ToString(const UnaryFunction& function) {
  switch (function.kind) {
    case UnaryKind::kIdentity:
      return "Identity";
    case UnaryKind::kRelu:
      return "Relu";
    case UnaryKind::kClip:
      return fmt::format("Clip({}, {})", function.alpha, function.beta);
    case UnaryKind::kLeakyRelu:
      return fmt::format("LeakyRelu({})", function.alpha);
    case UnaryKind::kSigmoid:
      return "Sigmoid";
    case UnaryKind::kTanh:
      return "Tanh";
    case UnaryKind::kHardSigmoid:
      return fmt::format("HardSigmoid({}, {})", function.alpha, function.beta);
    case UnaryKind::kHardSwish:
      return "HardSwish";
    case UnaryKind::kSilu:
      return "Silu";
  }
  FailCheck(__FILE__, __LINE__, "kind", "unknown unary function");
}

}  // namespace imcc
