// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "reference/float_layer.h"

namespace imcc {
namespace {

using InnerProduct = dnnl::inner_product_forward;
using Tag = dnnl::memory::format_tag;

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
    const InnerProduct::desc description =
        has_bias ? InnerProduct::desc(kind, source, any_weights, bias, target)
                 : InnerProduct::desc(kind, source, any_weights, target);
    const InnerProduct::primitive_desc desc(description, LayerAttributes(node), onednn.engine);
    const dnnl::memory weights = Pack(onednn, graph.tensor(node.inputs[1]).constant,
                                      DenseDesc({w[0], w[1]}, Tag::ab), desc.weights_desc());
    dnnl::memory bias_values;
    if (has_bias) bias_values = Pack(onednn, graph.tensor(node.inputs[2]).constant, bias, bias);
    return MakeLayerKernel(onednn, InnerProduct(desc), {source, target, desc.scratchpad_desc()},
                           weights, bias_values);
  } catch (const dnnl::error& failure) {
    return OneDnnFailure(node, failure);
  }
}

}  // namespace imcc
