// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "ir/graph.h"

namespace imcc {

/// True for Add, Sub, Mul, Div, Min and Max.
bool IsBinary(OpKind kind);

/// True if the operands of a binary node may change places.
bool Commutes(OpKind kind);

/// Which operand of a binary node is a constant; nothing if neither or both are.
std::optional<size_t> ConstantOperand(const Graph& graph, const Node& node);

/// True if the constant of an Add, Sub, Mul or Div (its divisor) is one number or one a channel of
/// a tensor that is as large as the result. The device computes it as a 1x1 depthwise convolution,
/// whose weights have a scale a channel and whose biases have 32 bits.
bool ScalesOrShiftsChannels(const Graph& graph, const Node& node);

}  // namespace imcc
