// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "reference/float_kernels.h"

namespace imcc {
namespace {

/// Calls `apply` with the function as something the compiler can inline.
template <class Apply>
void WithFunction(const UnaryFunction& function, const Apply& apply) {
  const auto a = static_cast<float>(function.alpha);
  const auto b = static_cast<float>(function.beta);
  const auto sigmoid = [](float x) { return 1.0F / (1.0F + std::exp(-x)); };
  switch (function.kind) {
    case UnaryKind::kIdentity:
      return apply([](float x) { return x; });
    case UnaryKind::kRelu:
      return apply([](float x) { return x > 0 ? x : 0.0F; });
    case UnaryKind::kClip:
      return apply([=](float x) { return std::min(std::max(x, a), b); });
    case UnaryKind::kLeakyRelu:
      return apply([=](float x) { return x < 0 ? a * x : x; });
    case UnaryKind::kSigmoid:
      return apply(sigmoid);
    case UnaryKind::kTanh:
      return apply([](float x) { return std::tanh(x); });
    case UnaryKind::kHardSigmoid:
      return apply([=](float x) { return std::min(std::max(a * x + b, 0.0F), 1.0F); });
    case UnaryKind::kHardSwish:
      return apply([](float x) { return x * std::min(std::max(x / 6.0F + 0.5F, 0.0F), 1.0F); });
    case UnaryKind::kSilu:
      return apply([=](float x) { return x * sigmoid(x); });
    case UnaryKind::kExp:
      return apply([](float x) { return std::exp(x); });
    default:  // The definition itself: fast enough for what is rare.
      return apply([&](float x) { return static_cast<float>(Evaluate(function, x)); });
  }
}

void Map(const UnaryFunction& function, const float* x, float* y, int64_t count) {
  WithFunction(function, [=](const auto& f) { std::transform(x, x + count, y, f); });
}

/// A broadcast pair seen as rows of the output's last axis.
struct Rows {
  int64_t count = 1;
  int64_t length = 1;
  std::vector<int64_t> a, b;  // Where each row of the inputs begins.
  bool a_is_one = false;      // The row of a is one value.
  bool b_is_one = false;
};

/// Row starts of an input of shape `in` broadcast to `out`.
std::vector<int64_t> RowStarts(const Shape& in, const Shape& out, int64_t rows) {
  std::vector<int64_t> strides(out.rank(), 0);
  int64_t stride = 1;
  for (size_t i = 0; i < in.rank(); ++i) {
    const size_t axis = in.rank() - 1 - i;
    if (in[axis] > 1) strides[out.rank() - 1 - i] = stride;
    stride *= in[axis];
  }
  std::vector<int64_t> starts(static_cast<size_t>(rows));
  for (int64_t row = 0; row < rows; ++row) {
    int64_t rest = row;
    for (size_t axis = out.rank() - 1; axis-- > 0;) {
      starts[static_cast<size_t>(row)] += rest % out[axis] * strides[axis];
      rest /= out[axis];
    }
  }
  return starts;
}

Rows MakeRows(const Shape& a, const Shape& b, const Shape& y) {
  if (a == b || y.rank() == 0) return {1, y.elements(), {0}, {0}, false, false};
  // One value against a tensor needs no rows, whatever the rank.
  if (b.elements() == 1) return {1, y.elements(), {0}, {0}, a.elements() == 1, true};
  if (a.elements() == 1) return {1, y.elements(), {0}, {0}, true, false};
  Rows rows{.count = y.elements() / y.back(), .length = y.back()};
  rows.a = RowStarts(a, y, rows.count);
  rows.b = RowStarts(b, y, rows.count);
  rows.a_is_one = a.rank() == 0 || a.back() == 1;
  rows.b_is_one = b.rank() == 0 || b.back() == 1;
  return rows;
}

template <class Operation>
void RunBinary(const Rows& rows, const float* a, const float* b, float* y, Operation op) {
  for (size_t row = 0; row < static_cast<size_t>(rows.count); ++row, y += rows.length) {
    const float* p = a + rows.a[row];
    const float* q = b + rows.b[row];
    if (rows.a_is_one && rows.b_is_one) {
      std::fill_n(y, rows.length, op(*p, *q));
    } else if (rows.a_is_one) {
      std::transform(q, q + rows.length, y, [=, v = *p](float x) { return op(v, x); });
    } else if (rows.b_is_one) {
      std::transform(p, p + rows.length, y, [=, v = *q](float x) { return op(x, v); });
    } else {
      std::transform(p, p + rows.length, q, y, op);
    }
  }
}

template <class Operation>
FloatKernel BinaryKernel(Rows rows, Operation op) {
  return [rows = std::move(rows), op](std::span<const float* const> inputs, float* output) {
    RunBinary(rows, inputs[0], inputs[1], output, op);
  };
}

}  // namespace

void ApplyInPlace(const UnaryFunction& function, float* values, int64_t count) {
  if (function.kind != UnaryKind::kIdentity) Map(function, values, values, count);
}

FloatKernel MakeUnaryKernel(const Graph& graph, const Node& node) {
  const int64_t count = graph.tensor(node.output).shape.elements();
  return [count, function = node.as<UnaryAttributes>().function](
             std::span<const float* const> inputs, float* output) {
    Map(function, inputs[0], output, count);
  };
}

FloatKernel MakeBatchNormKernel(const Graph& graph, const Node& node) {
  const Shape& shape = graph.tensor(node.output).shape;
  const int64_t channels = shape.back();
  const int64_t pixels = shape.elements() / channels;
  return [channels, pixels](std::span<const float* const> inputs, float* output) {
    const float* x = inputs[0];
    for (int64_t pixel = 0; pixel < pixels; ++pixel, x += channels, output += channels) {
      for (int64_t c = 0; c < channels; ++c) output[c] = x[c] * inputs[1][c] + inputs[2][c];
    }
  };
}

FloatKernel MakeBinaryKernel(const Graph& graph, const Node& node) {
  Rows rows = MakeRows(graph.tensor(node.inputs[0]).shape, graph.tensor(node.inputs[1]).shape,
                       graph.tensor(node.output).shape);
  switch (node.kind) {
    case OpKind::kAdd:
      return BinaryKernel(std::move(rows), std::plus<float>());
    case OpKind::kSub:
      return BinaryKernel(std::move(rows), std::minus<float>());
    case OpKind::kMul:
      return BinaryKernel(std::move(rows), std::multiplies<float>());
    case OpKind::kMin:
      return BinaryKernel(std::move(rows), [](float a, float b) { return std::min(a, b); });
    case OpKind::kMax:
      return BinaryKernel(std::move(rows), [](float a, float b) { return std::max(a, b); });
    case OpKind::kPow:
      return BinaryKernel(std::move(rows), [](float a, float b) { return std::pow(a, b); });
    default:
      break;
  }
  IMCC_CHECK(node.kind == OpKind::kDiv, "not a binary operator");
  return BinaryKernel(std::move(rows), std::divides<float>());
}

FloatKernel MakeSoftmaxKernel(const Graph& graph, const Node& node) {
  const Shape& shape = graph.tensor(node.output).shape;
  const auto axis = static_cast<size_t>(node.as<SoftmaxAttributes>().axis);
  const int64_t length = shape[axis];
  int64_t inner = 1;
  for (size_t i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
  const int64_t outer = shape.elements() / (length * inner);
  return [=](std::span<const float* const> inputs, float* output) {
    for (int64_t line = 0; line < outer * inner; ++line) {
      const int64_t start = line / inner * length * inner + line % inner;
      const float* x = inputs[0] + start;
      float* y = output + start;
      float highest = x[0];
      for (int64_t i = 1; i < length; ++i) highest = std::max(highest, x[i * inner]);
      double sum = 0;
      for (int64_t i = 0; i < length; ++i) sum += y[i * inner] = std::exp(x[i * inner] - highest);
      const auto scale = static_cast<float>(1.0 / sum);
      for (int64_t i = 0; i < length; ++i) y[i * inner] *= scale;
    }
  };
}

}  // namespace imcc
