// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace imcc {

/// Element-wise functions of one input. On the device each is a 256-entry table (or a clamp).
enum class UnaryKind {
  kIdentity,
  kRelu,             // max(x, 0)
  kClip,             // min(max(x, alpha), beta)
  kLeakyRelu,        // x < 0 ? alpha * x : x
  kSigmoid,          // 1 / (1 + exp(-x))
  kTanh,             //
  kHardSigmoid,      // clip(alpha * x + beta, 0, 1)
  kHardSwish,        // x * clip(x / 6 + 0.5, 0, 1)
  kSilu,             // x * sigmoid(x)
  kAbs,              //
  kCeil,             //
  kCelu,             // max(x, 0) + min(alpha * (exp(x / alpha) - 1), 0)
  kCos,              //
  kElu,              // x < 0 ? alpha * (exp(x) - 1) : x
  kErf,              //
  kExp,              //
  kFloor,            //
  kGelu,             // x * P(X <= x) of a standard normal X
  kGeluTanh,         // Its tanh approximation (Hendrycks and Gimpel, arXiv 1606.08415)
  kLog,              //
  kMish,             // x * tanh(softplus(x))
  kNeg,              //
  kPow,              // x ^ alpha
  kReciprocal,       // 1 / x
  kRound,            // To the nearest integer, ties to even
  kSelu,             // beta * (x < 0 ? alpha * (exp(x) - 1) : x)
  kSign,             // -1, 0 or 1
  kSin,              //
  kSoftplus,         // log(1 + exp(x))
  kSoftsign,         // x / (1 + |x|)
  kSqrt,             //
  kThresholdedRelu,  // x > alpha ? x : 0
};

struct UnaryFunction {
  UnaryKind kind = UnaryKind::kIdentity;
  double alpha = 0;  // Meaning per kind above; 0 where unused.
  double beta = 0;

  friend bool operator==(const UnaryFunction&, const UnaryFunction&) = default;
};

/// The exact function, in double; NaN where it is not defined.
double Evaluate(const UnaryFunction& function, double x);

/// True for functions that are a saturation [lo, hi] of their input, which fuse into a clamp.
bool IsClamp(UnaryKind kind);

/// "Relu", "Clip", ...; ONNX's name where ONNX has the operator.
std::string_view Name(UnaryKind kind);

/// "Relu", "Clip(0, 6)", ...
std::string ToString(const UnaryFunction& function);

}  // namespace imcc
