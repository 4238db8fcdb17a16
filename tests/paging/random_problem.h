// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "paging/paging.h"

namespace imcc::testing {

struct RandomProblemShape {
  int64_t steps = 8;
  int64_t tensors = 5;
  int64_t max_pages = 4;
  int64_t max_gaps = 3;
  int64_t max_cost = 1;  // Of a read or a write; drawn from 1 on.
};

/// Seeded: activations that are written at one step and read at later ones, a weight that stays
/// from frame to frame now and then, and a capacity between a quarter and nine tenths of what would
/// hold everything.
PagingProblem RandomPagingProblem(uint32_t seed, const RandomProblemShape& shape = {});

}  // namespace imcc::testing
