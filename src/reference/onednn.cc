// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "reference/onednn.h"

#include <fmt/format.h>

// Declared here because clang has no omp.h without libomp, while oneDNN always runs on libgomp.
extern "C" {
int omp_get_max_threads(void);
void omp_set_num_threads(int threads);
}

namespace imcc {

OneOpenMpThread::OneOpenMpThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
OneOpenMpThread::~OneOpenMpThread() { omp_set_num_threads(before_); }

void* OneDnn::Scratch(size_t bytes) {
  if (scratch_.size() < bytes) scratch_.resize(bytes);
  return scratch_.data();
}

dnnl::memory::desc DenseDesc(const dnnl::memory::dims& dims, dnnl::memory::format_tag tag) {
  return {dims, dnnl::memory::data_type::f32, tag};
}

dnnl::primitive_attr UserScratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

dnnl::memory Pack(OneDnn& onednn, const std::vector<float>& values, const dnnl::memory::desc& from,
                  const dnnl::memory::desc& to) {
  // oneDNN takes a plain pointer for sources too and does not write through it.
  dnnl::memory source(from, onednn.engine, const_cast<float*>(values.data()));
  dnnl::memory packed(to, onednn.engine);
  const dnnl::reorder::primitive_desc desc(onednn.engine, from, onednn.engine, to,
                                           UserScratchpad());
  const size_t bytes = desc.scratchpad_desc().get_size();
  const dnnl::memory scratchpad(desc.scratchpad_desc(), onednn.engine, onednn.Scratch(bytes));
  dnnl::reorder(desc).execute(
      onednn.stream,
      {{DNNL_ARG_FROM, source}, {DNNL_ARG_TO, packed}, {DNNL_ARG_SCRATCHPAD, scratchpad}});
  onednn.stream.wait();
  return packed;
}

Error OneDnnFailure(const Node& node, const dnnl::error& failure) {
  return Error{.code = ErrorCode::kUnsupported,
               .subject = fmt::format("{} '{}'", node.onnx_op, node.name),
               .message = fmt::format("oneDNN cannot run it: {}", failure.what()),
               .hint = "please report it with the model"};
}

Status CheckConstantWeights(const Graph& graph, const Node& node) {
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(node.inputs[i]);
    if (tensor.is_constant()) continue;
    return Error{.code = ErrorCode::kUnsupported,
                 .subject = fmt::format("{} '{}'", node.onnx_op, node.name),
                 .message = fmt::format("its weights '{}' are computed, not constant", tensor.name),
                 .hint = "export the model with constant weights"};
  }
  return {};
}

}  // namespace imcc
