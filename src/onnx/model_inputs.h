// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/error.h"
#include "onnx/import.h"
#include "onnx/importer.h"

namespace onnx {
class GraphProto;
}

namespace imcc {

/// Adds the graph's inputs with static shapes to the importer: dynamic dimensions come from
/// `options`, a dynamic batch is 1. Rank 4 is stored channels-last unless the model itself starts
/// by transposing from NHWC.
Status AddModelInputs(const onnx::GraphProto& proto, const ImportOptions& options,
                      Importer& importer, std::vector<Note>& notes);

}  // namespace imcc
