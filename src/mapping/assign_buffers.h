// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "config/options.h"
#include "ir/quantized_graph.h"
#include "mapping/kernel.h"
#include "target/target.h"

namespace imcc {

struct BufferAssignment {
  std::vector<Buffer> buffers;
  std::vector<BufferId> of_tensor;  // By QTensorId.
};

/// One buffer per tensor, except that a reshape shares its input's. Pixels are padded to whole
/// pwords; inputs with few channels that only feed array convolutions are packed, so that a whole
/// kernel row fits few pwords (subword mode).
BufferAssignment AssignBuffers(const QuantizedGraph& graph, const Target& target,
                               const CompilationOptions& options);

/// True if the depthwise unit can compute this convolution.
bool FitsDepthwiseUnit(const QConv& conv, const Target& target);

}  // namespace imcc
