// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/units.h"
#include "ir/shape.h"

namespace imcc {

/// Bytes of L1 for both tensors of a move within it; an eighth is left for weights on their way
/// from DDR.
inline Bytes MoveRoom(Bytes l1) { return Bytes(l1.count() / 8 * 7); }

/// What both take, pixels padded to whole pwords.
inline Bytes MoveBytes(const Shape& from, const Shape& to, int64_t pword) {
  const auto bytes = [&](const Shape& shape) {
    const FeatureMap map = AsFeatureMap(shape);
    return Bytes(map.pixels() * RoundUp(map.channels, pword));
  };
  return bytes(from) + bytes(to);
}

}  // namespace imcc
