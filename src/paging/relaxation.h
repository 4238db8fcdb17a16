// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "paging/paging.h"

namespace imcc {

/// The paging problem with fractions of pages, solved exactly.
struct Relaxation {
  int64_t lower_bound = 0;                   // Its cost, rounded up: no whole pages cost less.
  std::vector<std::vector<double>> present;  // Pages by tensor and gap.
};

/// A linear program over gaps, not pages (DESIGN 6): hundreds of variables for a deep network.
/// Solved by Clp's dual simplex, which is deterministic.
Relaxation SolveRelaxation(const PagingProblem& problem);

}  // namespace imcc
