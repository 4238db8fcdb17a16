// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "ir/graph.h"
#include "ir/quantized_graph.h"

namespace imcc {

/// A graph without roundings, and the scales that they gave its tensors.
struct AdoptedScales {
  Graph graph;
  std::vector<std::optional<Quantization>> given;  // By TensorId of the graph.

  bool any() const;
};

/// In: a graph in which a model that is quantised already rounds tensors to grids (kFakeQuantize).
/// Out: the same without those nodes. A tensor rounded where it is made is made on the grid; one
/// that is rounded to another grid than it has becomes a table from one to the other.
AdoptedScales AdoptScales(const Graph& graph);

/// Names of the tensors of a graph, as it is quantised, that need a range and have no scale.
std::vector<std::string> TensorsWithoutScale(const AdoptedScales& adopted);

}  // namespace imcc
