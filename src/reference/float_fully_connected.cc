// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "reference/float_kernels.h"

namespace imcc {
namespace {

using Primitive = dnnl::inner_product_forward;
using Tag = dnnl::memory::format_tag;

/// A fully connected layer ready to run.
struct FullyConnected {
  OneDnn* onednn;
  dnnl::memory source, target, weights, bias;
  Primitive::primitive_desc desc;
  Primitive primitive;

  void Run(const float* input, float* output) {
    source.set_data_handle(const_cast<float*>(input));
    target.set_data_handle(output);
    std::unordered_map<int, dnnl::memory> arguments = {
        {DNNL_ARG_SRC, source},
        {DNNL_ARG_WEIGHTS, weights},
        {DNNL_ARG_DST, target},
        {DNNL_ARG_SCRATCHPAD, onednn->Scratchpad(desc.scratchpad_desc())}};
    if (bias) arguments.emplace(DNNL_ARG_BIAS, bias);
    primitive.execute(onednn->stream, arguments);
    onednn->stream.wait();
  }
};

}  // namespace

Result<FloatKernel> MakeFullyConnectedKernel(const Graph& graph, const Node& node, OneDnn& onednn) {
  IMCC_TRY(CheckConstantWeights(graph, node));
  try {
    const Shape& w = graph.tensor(node.inputs[1]).shape;
    const int64_t rows = graph.tensor(node.inputs[0]).shape.elements() / w[1];
    const bool has_bias = node.inputs.size() > 2;
    const auto source = DenseDesc({rows, w[1]}, Tag::ab);
    const auto target = DenseDesc({rows, w[0]}, Tag::ab);
    const auto any_weights = DenseDesc({w[0], w[1]}, Tag::any);
    const auto bias = has_bias ? DenseDesc({w[0]}, Tag::x) : dnnl::memory::desc();
    const auto kind = dnnl::prop_kind::forward_inference;
    const Primitive::desc description =
        has_bias ? Primitive::desc(kind, source, any_weights, bias, target)
                 : Primitive::desc(kind, source, any_weights, target);
    const Primitive::primitive_desc desc(description, UserScratchpad(), onednn.engine);
    FullyConnected layer{.onednn = &onednn,
                         .source = dnnl::memory(source, onednn.engine, nullptr),
                         .target = dnnl::memory(target, onednn.engine, nullptr),
                         .weights = Pack(onednn, graph.tensor(node.inputs[1]).constant,
                                         DenseDesc({w[0], w[1]}, Tag::ab), desc.weights_desc()),
                         .desc = desc,
                         .primitive = Primitive(desc)};
    if (has_bias) layer.bias = Pack(onednn, graph.tensor(node.inputs[2]).constant, bias, bias);
    return FloatKernel(
        [layer = std::move(layer)](std::span<const float* const> inputs, float* output) mutable {
          layer.Run(inputs[0], output);
        });
  } catch (const dnnl::error& failure) {
    return OneDnnFailure(node, failure);
  }
}

}  // namespace imcc
