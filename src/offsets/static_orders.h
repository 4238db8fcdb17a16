// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "offsets/sections.h"

namespace imcc {

/// The orders in which the searches try buffers, most promising first: by the sections a buffer
/// spans, the bytes live at its busiest time and its area (bytes times time), the three keys in
/// different ranks (Moffitt's WAT, TAW and TWA), then by area, size and life alone.
std::vector<std::vector<size_t>> StaticOrders(const std::vector<Placeable>& buffers,
                                              const Sections& sections);

/// The place of the order by size among them.
inline constexpr size_t kLargestFirst = 4;

}  // namespace imcc
