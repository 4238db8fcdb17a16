// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "reference/float_layer.h"

namespace imcc {
namespace {

/// The arguments are put together once: a run only says where input and output are.
struct Layer {
  OneDnn* onednn;
  dnnl::primitive primitive;
  dnnl::memory source, target, scratchpad;  // Handles to what `arguments` holds.
  size_t scratch_bytes;
  std::unordered_map<int, dnnl::memory> arguments;

  void Run(const float* input, float* output) {
    // oneDNN takes a plain pointer for sources too and does not write through it.
    source.set_data_handle(const_cast<float*>(input));
    target.set_data_handle(output);
    scratchpad.set_data_handle(onednn->Scratch(scratch_bytes));
    primitive.execute(onednn->stream, arguments);
    onednn->stream.wait();
  }
};

}  // namespace

bool LayerApplies(const Node& node) {
  return (node.kind == OpKind::kConv || node.kind == OpKind::kFullyConnected) &&
         IsClamp(node.activation.kind);
}

dnnl::primitive_attr LayerAttributes(const Node& node) {
  dnnl::primitive_attr attributes = UserScratchpad();
  if (!LayerApplies(node)) return attributes;
  const bool clips = node.activation.kind == UnaryKind::kClip;
  dnnl::post_ops activation;
  activation.append_eltwise(1.0F,
                            clips ? dnnl::algorithm::eltwise_clip : dnnl::algorithm::eltwise_relu,
                            clips ? static_cast<float>(node.activation.alpha) : 0.0F,
                            clips ? static_cast<float>(node.activation.beta) : 0.0F);
  attributes.set_post_ops(activation);
  return attributes;
}

FloatKernel MakeLayerKernel(OneDnn& onednn, const dnnl::primitive& primitive,
                            const LayerDescs& descs, const dnnl::memory& weights,
                            const dnnl::memory& bias) {
  Layer layer{.onednn = &onednn,
              .primitive = primitive,
              .source = dnnl::memory(descs.source, onednn.engine, nullptr),
              .target = dnnl::memory(descs.target, onednn.engine, nullptr),
              .scratchpad = dnnl::memory(descs.scratchpad, onednn.engine, nullptr),
              .scratch_bytes = descs.scratchpad.get_size(),
              .arguments = {}};
  layer.arguments = {{DNNL_ARG_SRC, layer.source},
                     {DNNL_ARG_WEIGHTS, weights},
                     {DNNL_ARG_DST, layer.target},
                     {DNNL_ARG_SCRATCHPAD, layer.scratchpad}};
  if (bias) layer.arguments.emplace(DNNL_ARG_BIAS, bias);
  return [layer = std::move(layer)](std::span<const float* const> inputs, float* output) mutable {
    layer.Run(inputs[0], output);
  };
}

}  // namespace imcc
