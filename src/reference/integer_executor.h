// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/error.h"
#include "ir/quantized_graph.h"
#include "numerics/int8_kernels.h"

namespace imcc {

/// Values of one int8 tensor, densely packed in stored (NHWC) order.
using Int8Values = std::vector<int8_t>;

struct IntegerExecutorOptions {
  KernelSet kernels = BestKernelSet();
  /// Sees every tensor right after it is computed; may be empty.
  std::function<void(QTensorId, const Int8Values&)> observe;
};

/// The specification of the device's arithmetic: whole tensors, no tiles, no schedule. The
/// simulator running the ELF must equal it in every bit.
Result<std::vector<Int8Values>> ExecuteInteger(const QuantizedGraph& graph,
                                               const std::vector<Int8Values>& inputs,
                                               const IntegerExecutorOptions& options = {});

/// One node of a verified graph by itself. `inputs` are its operands, whole.
Int8Values ExecuteIntegerNode(const QuantizedGraph& graph, const QNode& node,
                              const std::vector<const Int8Values*>& inputs,
                              KernelSet kernels = BestKernelSet());

}  // namespace imcc
