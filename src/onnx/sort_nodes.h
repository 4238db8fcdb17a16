// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/error.h"

namespace onnx {
class GraphProto;
}

namespace imcc {

/// The nodes some graph output depends on, each after the nodes it reads, otherwise in file order.
/// An error if two things define one value, or if nodes wait for each other in a circle.
Result<std::vector<int>> SortNodes(const onnx::GraphProto& graph);

}  // namespace imcc
