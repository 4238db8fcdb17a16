// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace imcc {

/// Roundings of a quantised model to one scale go before the reshapes and transposes that they
/// follow: what reads the result then sees these, and what made it the rounding.
void HoistRoundings(Graph& graph);

}  // namespace imcc
