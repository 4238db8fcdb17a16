// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "ir/graph.h"
#include "pass/pass_runner.h"

namespace imcc {

/// In: the imported graph. Out: the same function with batch norms, constants, pads and activations
/// folded away. Runs one pass per rewrite, in the order written in simplify.cc. Promise: outputs
/// equal the imported graph's up to float rounding.
Status Simplify(Graph& graph, PassRunner& runner);

}  // namespace imcc
