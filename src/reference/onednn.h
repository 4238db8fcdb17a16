// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "ir/graph.h"
#include "reference/float_kernel_set.h"

namespace imcc {

/// Keeps this thread's OpenMP regions to one thread until the end of the scope. oneDNN chooses
/// blocking, and with it the order of its sums, by the number of threads (seen with brgconv on
/// 7x7x512): with more than one the last bits would depend on the machine.
class OneOpenMpThread {
 public:
  OneOpenMpThread();
  OneOpenMpThread(const OneOpenMpThread&) = delete;
  OneOpenMpThread& operator=(const OneOpenMpThread&) = delete;
  ~OneOpenMpThread();

 private:
  int before_;
};

/// What all oneDNN primitives of one executor share.
struct OneDnn {
  OneDnn() : kernels(FloatKernels()), engine(dnnl::engine::kind::cpu, 0), stream(engine) {}

  /// Scratch space of so many bytes; valid until the next call.
  void* Scratch(size_t bytes);

  const FloatKernelSet& kernels;  // Chosen before the engine starts.
  dnnl::engine engine;
  dnnl::stream stream;

 private:
  std::vector<char> scratch_;
};

/// A dense float tensor.
dnnl::memory::desc DenseDesc(const dnnl::memory::dims& dims, dnnl::memory::format_tag tag);

/// Primitives bring their own scratchpad, since several threads may run equal ones at once.
dnnl::primitive_attr UserScratchpad();

/// The values of a constant in the layout a primitive wants.
dnnl::memory Pack(OneDnn& onednn, const std::vector<float>& values, const dnnl::memory::desc& from,
                  const dnnl::memory::desc& to);

/// A oneDNN failure as an error about the node.
Error OneDnnFailure(const Node& node, const dnnl::error& failure);

/// An error unless every weight and bias of the node is a constant.
Status CheckConstantWeights(const Graph& graph, const Node& node);

}  // namespace imcc
