// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "reference/float_kernels.h"

namespace imcc {
namespace {

int64_t ElementsFrom(const Shape& shape, size_t axis) {
  int64_t elements = 1;
  for (size_t i = axis; i < shape.rank(); ++i) elements *= shape[i];
  return elements;
}

/// Reads a strided box of the input, last axis innermost: Transpose and Slice.
struct Gather {
  Shape out;
  int64_t offset = 0;
  std::vector<int64_t> strides;  // Input elements per step of each output axis.

  void Run(const float* x, float* y) const { RunAxis(x + offset, 0, y); }

  float* RunAxis(const float* x, size_t axis, float* y) const {
    if (axis == out.rank()) {
      *y = *x;
      return y + 1;
    }
    if (axis + 1 == out.rank()) {
      for (int64_t i = 0; i < out[axis]; ++i) y[i] = x[i * strides[axis]];
      return y + out[axis];
    }
    for (int64_t i = 0; i < out[axis]; ++i) y = RunAxis(x + i * strides[axis], axis + 1, y);
    return y;
  }
};

FloatKernel GatherKernel(Gather gather) {
  return [gather = std::move(gather)](std::span<const float* const> inputs, float* output) {
    gather.Run(inputs[0], output);
  };
}

}  // namespace

FloatKernel MakeConcatKernel(const Graph& graph, const Node& node) {
  const auto axis = static_cast<size_t>(node.as<ConcatAttributes>().axis);
  const Shape& out = graph.tensor(node.output).shape;
  std::vector<int64_t> chunks;  // Contiguous elements each input gives per step.
  for (const TensorId id : node.inputs)
    chunks.push_back(ElementsFrom(graph.tensor(id).shape, axis));
  const int64_t steps = out.elements() / ElementsFrom(out, axis);
  return [chunks = std::move(chunks), steps](std::span<const float* const> inputs, float* output) {
    for (int64_t step = 0; step < steps; ++step) {
      for (size_t i = 0; i < chunks.size(); ++i)
        output = std::copy_n(inputs[i] + step * chunks[i], chunks[i], output);
    }
  };
}

FloatKernel MakeReshapeKernel(const Graph& graph, const Node& node) {
  const int64_t count = graph.tensor(node.output).shape.elements();
  return [count](std::span<const float* const> inputs, float* output) {
    std::copy_n(inputs[0], count, output);
  };
}

FloatKernel MakeTransposeKernel(const Graph& graph, const Node& node) {
  const Shape& in = graph.tensor(node.inputs[0]).shape;
  Gather gather{.out = graph.tensor(node.output).shape};
  for (const int64_t axis : node.as<TransposeAttributes>().permutation)
    gather.strides.push_back(ElementsFrom(in, static_cast<size_t>(axis) + 1));
  return GatherKernel(std::move(gather));
}

FloatKernel MakeSliceKernel(const Graph& graph, const Node& node) {
  const auto& attributes = node.as<SliceAttributes>();
  const Shape& in = graph.tensor(node.inputs[0]).shape;
  Gather gather{.out = graph.tensor(node.output).shape};
  for (size_t axis = 0; axis < in.rank(); ++axis) {
    const int64_t stride = ElementsFrom(in, axis + 1);
    gather.offset += attributes.starts[axis] * stride;
    gather.strides.push_back(attributes.steps[axis] * stride);
  }
  return GatherKernel(std::move(gather));
}

FloatKernel MakeGatherKernel(const Graph& graph, const Node& node) {
  const auto& attributes = node.as<GatherAttributes>();
  const Shape& in = graph.tensor(node.inputs[0]).shape;
  const auto axis = static_cast<size_t>(attributes.axis);
  const int64_t length = in[axis];
  const int64_t block = ElementsFrom(in, axis + 1);
  const int64_t outer = in.elements() / (length * block);
  return [=, indices = attributes.indices](std::span<const float* const> inputs, float* output) {
    for (int64_t i = 0; i < outer; ++i) {
      for (const int64_t index : indices) {
        output = std::copy_n(inputs[0] + (i * length + index) * block, block, output);
      }
    }
  };
}

FloatKernel MakePadKernel(const Graph& graph, const Node& node) {
  const auto& attributes = node.as<PadAttributes>();
  const Shape in = graph.tensor(node.inputs[0]).shape;
  const Shape out = graph.tensor(node.output).shape;
  return [=, padding = attributes.padding, value = attributes.value](
             std::span<const float* const> inputs, float* output) {
    std::fill_n(output, out.elements(), value);
    const float* x = inputs[0];
    for (int64_t n = 0; n < in[0]; ++n) {
      for (int64_t row = 0; row < in[1]; ++row, x += in[2] * in[3]) {
        const int64_t line = (n * out[1] + row + padding.top) * out[2] + padding.left;
        std::copy_n(x, in[2] * in[3], output + line * out[3]);
      }
    }
  };
}

}  // namespace imcc
