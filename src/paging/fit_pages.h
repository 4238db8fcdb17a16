// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "paging/page_state.h"

namespace imcc {

/// Drops pages from the fullest step until every step fits: those that cost least per page and step
/// relieved. Tensors marked in `kept` (by tensor; may be empty) stay; false if the rest is not
/// enough.
bool DropCheapest(PageState& state, const PagingTricks& tricks, const std::vector<bool>& kept = {});

/// Lets gaps hold what is free, the dearest per page and step first; not those of tensors marked in
/// `kept`.
void FillRoom(PageState& state, const std::vector<bool>& kept = {});

/// Furthest next use (Belady): along time, drops the pages that are needed again last. What others
/// do, kept to be compared with.
void DropFurthest(PageState& state);

}  // namespace imcc
