// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/error.h"
#include "onnx/onnx_node.h"

namespace imcc {

/// What a node of the standard has beyond what its operator takes, and imcc ignores: inputs too
/// many, attributes the operator does not have. ONNX's own checker refuses such a model.
void AddSchemaNotes(const OnnxNode& node, std::vector<Note>& notes);

}  // namespace imcc
