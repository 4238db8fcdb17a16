// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "reference/float_kernels.h"

namespace imcc {
namespace {

/// Element offsets of every matrix of an operand, in the order of the output's matrices.
std::vector<int64_t> MatrixStarts(const Shape& in, const Shape& out) {
  const size_t batch_axes = out.rank() - 2;
  int64_t count = 1;
  for (size_t i = 0; i < batch_axes; ++i) count *= out[i];
  const int64_t matrix = in[in.rank() - 2] * in.back();
  std::vector<int64_t> starts(static_cast<size_t>(count), 0);
  for (int64_t i = 0; i < count; ++i) {
    int64_t rest = i;
    int64_t stride = matrix;
    for (size_t axis = batch_axes; axis-- > 0;) {
      if (in[axis] != 1) starts[static_cast<size_t>(i)] += rest % out[axis] * stride;
      stride *= in[axis];
      rest /= out[axis];
    }
  }
  return starts;
}

std::vector<float> Transposed(const float* values, int64_t rows, int64_t columns) {
  std::vector<float> result(static_cast<size_t>(rows * columns));
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      result[static_cast<size_t>(column * rows + row)] = *values++;
  return result;
}

}  // namespace

FloatKernel MakeMatMulKernel(const Graph& graph, const Node& node) {
  const Shape& a = graph.tensor(node.inputs[0]).shape;
  const Shape& b = graph.tensor(node.inputs[1]).shape;
  const Shape& y = graph.tensor(node.output).shape;
  const int64_t rows = y[y.rank() - 2];
  const int64_t columns = y.back();
  const int64_t depth = a.back();
  const bool transpose = node.as<MatMulAttributes>().transpose_b;
  return [=, a_starts = MatrixStarts(a, y), b_starts = MatrixStarts(b, y)](
             std::span<const float* const> inputs, float* output) {
    std::vector<float> turned;
    for (size_t matrix = 0; matrix < a_starts.size(); ++matrix) {
      const float* left = inputs[0] + a_starts[matrix];
      const float* first = inputs[1] + b_starts[matrix];
      if (transpose) {
        turned = Transposed(first, columns, depth);
        first = turned.data();
      }
      for (int64_t row = 0; row < rows; ++row, output += columns) {
        std::fill_n(output, columns, 0.0F);
        const float* right = first;
        for (int64_t k = 0; k < depth; ++k, right += columns) {
          const float factor = *left++;
          for (int64_t column = 0; column < columns; ++column) {
            output[column] += factor * right[column];
          }
        }
      }
    }
  };
}

}  // namespace imcc
