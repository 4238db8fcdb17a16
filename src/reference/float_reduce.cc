// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "reference/float_kernels.h"

namespace imcc {
namespace {

/// The reduced elements of one output lie `inner` apart, `length` of them.
struct Lines {
  int64_t outer = 1;
  int64_t length = 1;
  int64_t inner = 1;

  int64_t count() const { return outer * inner; }
  int64_t Start(int64_t line) const { return line / inner * length * inner + line % inner; }
};

Lines MakeLines(const Shape& shape, int64_t begin, int64_t end) {
  Lines lines;
  for (int64_t axis = 0; axis < static_cast<int64_t>(shape.rank()); ++axis) {
    int64_t& part = axis < begin ? lines.outer : axis < end ? lines.length : lines.inner;
    part *= shape[static_cast<size_t>(axis)];
  }
  return lines;
}

/// Sums in double, so that long ones lose nothing.
template <class Combine>
FloatKernel LineKernel(Lines lines, double start, double factor, Combine combine) {
  return [=](std::span<const float* const> inputs, float* output) {
    for (int64_t line = 0; line < lines.count(); ++line) {
      const float* x = inputs[0] + lines.Start(line);
      double total = start;
      for (int64_t i = 0; i < lines.length; ++i) {
        total = combine(total, static_cast<double>(x[i * lines.inner]));
      }
      output[line] = static_cast<float>(total * factor);
    }
  };
}

}  // namespace

FloatKernel MakeReduceKernel(const Graph& graph, const Node& node) {
  using Kind = ReduceAttributes::Kind;
  const auto& attributes = node.as<ReduceAttributes>();
  const Lines lines =
      MakeLines(graph.tensor(node.inputs[0]).shape, attributes.begin, attributes.end);
  const auto add = [](double a, double b) { return a + b; };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  switch (attributes.kind) {
    case Kind::kMean:
      return LineKernel(lines, 0, 1.0 / static_cast<double>(lines.length), add);
    case Kind::kSum:
      return LineKernel(lines, 0, 1, add);
    case Kind::kMax:
      return LineKernel(lines, -kInfinity, 1, [](double a, double b) { return std::max(a, b); });
    case Kind::kMin:
      return LineKernel(lines, kInfinity, 1, [](double a, double b) { return std::min(a, b); });
    case Kind::kProduct:
      return LineKernel(lines, 1, 1, [](double a, double b) { return a * b; });
  }
  IMCC_CHECK(false, "unknown reduction");
}

FloatKernel MakeArgMaxKernel(const Graph& graph, const Node& node) {
  const auto attributes = node.as<ArgMaxAttributes>();
  const Lines lines =
      MakeLines(graph.tensor(node.inputs[0]).shape, attributes.axis, attributes.axis + 1);
  return [=](std::span<const float* const> inputs, float* output) {
    for (int64_t line = 0; line < lines.count(); ++line) {
      const float* x = inputs[0] + lines.Start(line);
      int64_t best = 0;
      for (int64_t i = 1; i < lines.length; ++i) {
        const float value = x[i * lines.inner];
        const float champion = x[best * lines.inner];
        const bool wins = attributes.smallest ? value < champion : value > champion;
        if (wins || (attributes.last && value == champion)) best = i;
      }
      output[line] = static_cast<float>(best);
    }
  };
}

}  // namespace imcc
