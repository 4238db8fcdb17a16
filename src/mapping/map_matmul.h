// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/options.h"
#include "ir/shape.h"
#include "mapping/kernel.h"
#include "target/target.h"

namespace imcc {

/// A product of activations as the array sees it: operand 1 seen as `count` matrices of one row for
/// each column of the array and one column for each of its rows, cut into weight tiles.
ImcKernel LayOutMatMul(const Matrices& weights, const Target& target,
                       const CompilationOptions& options);

}  // namespace imcc
