// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "reference/float_layer.h"

namespace imcc {
namespace {

using Convolution = dnnl::convolution_forward;
using Tag = dnnl::memory::format_tag;

/// Shapes of one convolution in oneDNN's terms.
struct ConvDescs {
  dnnl::memory::desc source, target, bias;
  dnnl::memory::desc stored_weights;  // As the graph keeps them.
  dnnl::memory::desc weights;         // Same dimensions, layout left to oneDNN.
};

ConvDescs DescribeConv(const Graph& graph, const Node& node) {
  const auto& attributes = node.as<ConvAttributes>();
  const Shape& x = graph.tensor(node.inputs[0]).shape;
  const Shape& w = graph.tensor(node.inputs[1]).shape;
  const Shape& y = graph.tensor(node.output).shape;
  const int64_t groups = attributes.groups;
  ConvDescs descs;
  // Feature maps stay NHWC: no reorder between layers, and oneDNN has kernels for it.
  descs.source = DenseDesc({x[0], x[3], x[1], x[2]}, Tag::nhwc);
  descs.target = DenseDesc({y[0], y[3], y[1], y[2]}, Tag::nhwc);
  const dnnl::memory::dims dims = groups == 1
                                      ? dnnl::memory::dims{w[0], w[3], w[1], w[2]}
                                      : dnnl::memory::dims{groups, w[0] / groups, w[3], w[1], w[2]};
  descs.stored_weights = DenseDesc(dims, groups == 1 ? Tag::ohwi : Tag::gohwi);
  descs.weights = DenseDesc(dims, Tag::any);
  if (node.inputs.size() > 2) descs.bias = DenseDesc({w[0]}, Tag::x);
  return descs;
}

Convolution::desc DescribePrimitive(const ConvDescs& d, const Window& w, bool has_bias) {
  const dnnl::memory::dims strides = {w.stride_h, w.stride_w};
  const dnnl::memory::dims dilates = {w.dilation_h - 1, w.dilation_w - 1};  // oneDNN: 0 = dense.
  const dnnl::memory::dims before = {w.padding.top, w.padding.left};
  const dnnl::memory::dims after = {w.padding.bottom, w.padding.right};
  const auto kind = dnnl::prop_kind::forward_inference;
  const auto algorithm = dnnl::algorithm::convolution_direct;  // Winograd rounds differently.
  if (has_bias) {
    return {kind,     algorithm, d.source, d.weights, d.bias,
            d.target, strides,   dilates,  before,    after};
  }
  return {kind, algorithm, d.source, d.weights, d.target, strides, dilates, before, after};
}

}  // namespace

Result<FloatKernel> MakeConvKernel(const Graph& graph, const Node& node, OneDnn& onednn) {
  IMCC_TRY(CheckConstantWeights(graph, node));
  try {
    const bool has_bias = node.inputs.size() > 2;
    const ConvDescs descs = DescribeConv(graph, node);
    const Window& window = node.as<ConvAttributes>().window;
    const Convolution::primitive_desc desc(DescribePrimitive(descs, window, has_bias),
                                           LayerAttributes(node), onednn.engine);
    const dnnl::memory weights = Pack(onednn, graph.tensor(node.inputs[1]).constant,
                                      descs.stored_weights, desc.weights_desc());
    dnnl::memory bias;
    if (has_bias)
      bias = Pack(onednn, graph.tensor(node.inputs[2]).constant, descs.bias, descs.bias);
    return MakeLayerKernel(onednn, Convolution(desc),
                           {descs.source, descs.target, desc.scratchpad_desc()}, weights, bias);
  } catch (const dnnl::error& failure) {
    return OneDnnFailure(node, failure);
  }
}

}  // namespace imcc
