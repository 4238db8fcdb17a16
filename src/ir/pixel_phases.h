// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace imcc {

/// Maps of `width` columns, one for each of rows x columns phases of the pixels of a larger map,
/// lie side by side, row by row of phases. Their columns in this order are `rows` rows of the
/// larger map, one after the other, so that a reshape is all that is left to do.
std::vector<int64_t> PhaseOrder(int64_t rows, int64_t columns, int64_t width);

}  // namespace imcc
