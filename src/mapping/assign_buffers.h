// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "config/options.h"
#include "ir/quantized_graph.h"
#include "mapping/kernel.h"
#include "target/target.h"

namespace imcc {

/// The box of a joined tensor that one input of a concatenation fills.
struct ConcatPart {
  QTensorId whole;
  int64_t y0 = 0, x0 = 0, channel0 = 0;
  const QTable* table = nullptr;  // What the concatenation does to its values; null = nothing.
};

struct BufferAssignment {
  std::vector<Buffer> buffers;
  std::vector<BufferId> of_tensor;  // By QTensorId.
  /// By QTensorId: tensors that only a concatenation reads. Their kernels write straight into it.
  std::vector<std::optional<ConcatPart>> parts;
};

/// One buffer per tensor, except that a reshape that keeps pixels shares its input's and a part of
/// a concatenation lies in the joined tensor. Pixels are padded to whole pwords; those an undilated
/// convolution on the array reads are packed, so that a kernel row fits few pwords (subword mode),
/// and so are constants unless the vector unit reads them beside a padded tensor.
BufferAssignment AssignBuffers(const QuantizedGraph& graph, const Target& target,
                               const CompilationOptions& options);

/// By input of a concatenation.
std::vector<ConcatPart> PartsOf(const QuantizedGraph& graph, const QNode& node,
                                const QConcat& concat);

/// Readers of each tensor; the end of the network is one.
std::vector<int> CountUses(const QuantizedGraph& graph);

bool IsIdentity(const QTable& table);

/// True if the depthwise unit can compute this convolution.
bool FitsDepthwiseUnit(const QConv& conv, const Target& target);

}  // namespace imcc
