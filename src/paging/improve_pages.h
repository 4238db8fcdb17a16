// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "paging/page_state.h"

namespace imcc {

/// Local search from a plan that fits: puts a gap or a tensor wholly in or out, lets the others
/// make room or take it, and keeps what is cheaper, until nothing is, `lower_bound` is reached or a
/// fixed number of moves is spent.
void ImprovePages(PageState& state, const PagingTricks& tricks, int64_t lower_bound);

}  // namespace imcc
