// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "ir/graph.h"

namespace imcc {

/// Sets how many OpenMP threads this thread's parallel regions use, until the end of the scope.
class OpenMpThreads {
 public:
  explicit OpenMpThreads(int threads);
  OpenMpThreads(const OpenMpThreads&) = delete;
  OpenMpThreads& operator=(const OpenMpThreads&) = delete;
  ~OpenMpThreads();

  /// What a parallel region of the calling thread would use now.
  static int Default();

 private:
  int before_;
};

/// What all oneDNN primitives of one executor share.
struct OneDnn {
  explicit OneDnn(int thread_count)
      : engine(dnnl::engine::kind::cpu, 0), stream(engine), threads(thread_count) {}

  /// Scratch space large enough for `desc`; valid until the next call.
  dnnl::memory Scratchpad(const dnnl::memory::desc& desc);

  dnnl::engine engine;
  dnnl::stream stream;
  int threads;

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
