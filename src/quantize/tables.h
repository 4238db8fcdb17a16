// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/quantized_graph.h"

namespace imcc {

/// What a - z_a is scaled by for each value of b: s_a / (|b - z_b| s_b s_y) at b + 128; where b is
/// zero the entry is not used.
std::vector<Requantizer> MakeQuotients(const Quantization& a, const Quantization& b,
                                       const Quantization& y);

/// The function from one per-tensor quantisation to another, one rounding per entry.
QTable MakeTable(const UnaryFunction& function, const Quantization& from, const Quantization& to);

/// Real value `x` on the output's int8 grid: nearest, ties to even, saturated.
int8_t QuantizeReal(double x, const Quantization& to);

/// The int8 range of an output after a fused clamp; everything for the identity.
ClampRange MakeClampRange(const UnaryFunction& activation, const Quantization& to);

}  // namespace imcc
