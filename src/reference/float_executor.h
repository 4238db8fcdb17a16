// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/error.h"
#include "ir/graph.h"

namespace imcc {

/// Values of one tensor in stored (NHWC) order.
using FloatValues = std::vector<float>;

/// Runs a float graph on oneDNN. Prepared once, run many times. Not thread-safe; make one each.
/// Always on the calling thread, so that its bits never depend on a number of threads (see
/// reference/onednn.h); several samples run in parallel on an executor each.
class FloatExecutor {
 public:
  /// `threads` has no effect today and never may have one on the result.
  static Result<FloatExecutor> Create(const Graph& graph, int threads = 0);
  FloatExecutor(FloatExecutor&&) noexcept;
  FloatExecutor& operator=(FloatExecutor&&) noexcept;
  ~FloatExecutor();

  /// Inputs and outputs in the order of graph.inputs / graph.outputs, stored order.
  /// `observe` (may be empty) sees every activation tensor right after it is computed, inputs too;
  /// the memory of a tensor is freed after its last consumer.
  using Observer = std::function<void(TensorId, const float* values, int64_t count)>;
  Result<std::vector<FloatValues>> Run(const std::vector<FloatValues>& inputs,
                                       const Observer& observe = {});

  /// One node by itself, with its fused activation. `operands` are its inputs in order, of their
  /// full sizes; constants among them are ignored in favour of the graph's. An observer may call
  /// it.
  Result<FloatValues> RunNode(NodeId node, const std::vector<const float*>& operands);

 private:
  struct Impl;
  explicit FloatExecutor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace imcc
