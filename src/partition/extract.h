// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "ir/graph.h"

namespace imcc {

/// The chosen nodes as a graph of their own. Its inputs are what they read from elsewhere, its
/// outputs what others (or the caller of the whole graph) read from them; all keep their names.
Graph ExtractSubgraph(const Graph& graph, const std::vector<bool>& chosen, std::string name);

}  // namespace imcc
