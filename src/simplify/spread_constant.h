// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "ir/graph.h"

namespace imcc {

/// Computing with constants must not blow a small model up: 64 MiB of floats per tensor.
inline constexpr int64_t kMaxFoldedElements = int64_t{1} << 24;

/// Element index in a tensor of `shape` of the element at flat position `i` of `out`, to which it
/// broadcasts.
size_t BroadcastIndex(const Shape& shape, const Shape& out, int64_t i);

/// The values of a constant broadcast to `shape`.
std::vector<float> SpreadConstant(const Tensor& constant, const Shape& shape);

}  // namespace imcc
