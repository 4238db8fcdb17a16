// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "ir/graph.h"
#include "ir/quantized_graph.h"

namespace imcc {

/// By TensorId of a graph: the scales that its tensors came with. Empty if none did.
using GivenScales = std::vector<std::optional<Quantization>>;

/// In: a graph in which a model that is quantised already rounds tensors to grids (kFakeQuantize).
/// Takes those nodes out and returns what they said. A tensor rounded where it is made is made on
/// the grid; one that is rounded to another grid than it has becomes a table from one to the other.
GivenScales AdoptScales(Graph& graph);

/// Names of the tensors of a graph, as it is quantised, that need a range and have no scale.
std::vector<std::string> TensorsWithoutScale(const Graph& graph, const GivenScales& given);

}  // namespace imcc
