// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "offsets/offsets.h"

namespace imcc::testing {

/// A rectangle of time and memory cut into buffers without slack: they fit `capacity` exactly.
struct PackingShape {
  size_t buffers = 50;
  int64_t times = 50;         // Width of the rectangle: lives begin and end at whole times in it.
  int64_t units = 1024;       // Its height: sizes are multiples of capacity / units.
  Bytes capacity{1 << 20};    // A multiple of `units`.
  int pinwheel_percent = 15;  // Cuts that are no straight line through the piece.
  uint64_t seed = 0;
};

/// Cuts the largest of three pieces drawn, again and again: in two, or in the five of a pinwheel,
/// which no straight cuts can make. In an order that tells nothing.
std::vector<Placeable> CutPerfectly(const PackingShape& shape);

inline constexpr int kPackingFamily = 200;
/// One of the family: 50 to 400 buffers, few and many pinwheels, coarse and fine sizes, and 0.35 to
/// 0.6 distinct times for each buffer (0.47 to 0.63 in MiniMalloc's challenging instances).
PackingShape PackingOfFamily(int number);

}  // namespace imcc::testing
