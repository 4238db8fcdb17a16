// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "onnx/compose.h"
#include "onnx/operators.h"

namespace imcc {
namespace {

using Kind = ReduceAttributes::Kind;

Window WholePlane(const Shape& stored) { return {.kernel_h = stored[1], .kernel_w = stored[2]}; }

/// Axes are an input since opset 18, of ReduceSum since 13, and an attribute before. None means
/// all, unless noop_with_empty_axes says that it means none. Sorted.
Result<std::vector<int64_t>> ReadReducedAxes(const Importer& importer, const OnnxNode& node,
                                             size_t rank) {
  std::vector<int64_t> axes = node.Ints("axes").value_or(std::vector<int64_t>{});
  if (node.opset() >= (node.op() == "ReduceSum" ? 13 : 18) && node.has_input(1)) {
    IMCC_ASSIGN(axes, importer.IntsInput(node, 1));
  }
  if (axes.empty() && node.Int("noop_with_empty_axes", 0) == 0) {
    axes.resize(rank);
    std::iota(axes.begin(), axes.end(), 0);
  }
  return NormalizedAxes(node, std::move(axes), rank);
}

Shape WithoutAxes(const Shape& shape, const std::vector<int64_t>& axes) {
  std::vector<int64_t> dims;
  for (size_t i = 0; i < shape.rank(); ++i) {
    if (!std::binary_search(axes.begin(), axes.end(), static_cast<int64_t>(i))) {
      dims.push_back(shape[i]);
    }
  }
  return Shape(dims);
}

/// Over height and width the device pools; `given` is channels-last, or plain but [N,H,W,C].
bool IsSpatial(Composer& compose, TensorId given, const std::vector<int64_t>& axes) {
  if (compose.ShapeOf(given).rank() != 4) return false;
  const bool plain = compose.tensor(given).layout == Layout::kPlain;
  return axes == std::vector<int64_t>{2, 3} || (plain && axes == std::vector<int64_t>{1, 2});
}

Result<TensorId> PoolPlane(Importer& importer, const OnnxNode& node, TensorId x, OpKind kind,
                           const std::vector<int64_t>& axes) {
  if (axes[0] == 2) {
    IMCC_ASSIGN(x, importer.ChannelsLast(node, x));
  }
  const Tensor& map = importer.graph().tensor(x);
  return importer.EmitStep(node, "_pooled",
                           {.kind = kind,
                            .inputs = {x},
                            .attributes = PoolAttributes{WholePlane(map.shape)},
                            .layout = map.layout});
}

/// The reduction itself, axes staying with length 1. Sums over a plane are its mean times its
/// size, so that the device can take them.
Result<TensorId> Reduce(Importer& importer, const OnnxNode& node, Composer& compose, TensorId x,
                        Kind kind, const std::vector<int64_t>& axes) {
  if (!IsSpatial(compose, x, axes) || kind == Kind::kMin || kind == Kind::kProduct) {
    return compose.Reduce(x, kind, axes);
  }
  const Shape shape = compose.ShapeOf(x);
  const int64_t pixels = shape[static_cast<size_t>(axes[0])] * shape[static_cast<size_t>(axes[1])];
  const OpKind pool = kind == Kind::kMax ? OpKind::kMaxPool : OpKind::kAveragePool;
  IMCC_ASSIGN(const TensorId pooled, PoolPlane(importer, node, x, pool, axes));
  if (kind != Kind::kSum) return pooled;
  return compose.Binary(OpKind::kMul, pooled, static_cast<float>(pixels));
}

/// log(sum(exp(x))) with the largest x taken out first, so that nothing overflows.
Result<TensorId> LogSumExp(Composer& compose, TensorId x, const std::vector<int64_t>& axes) {
  IMCC_ASSIGN(const TensorId highest, compose.Reduce(x, Kind::kMax, axes));
  IMCC_ASSIGN(const TensorId shifted, compose.Binary(OpKind::kSub, x, highest));
  IMCC_ASSIGN(const TensorId powers, compose.Unary(shifted, {UnaryKind::kExp}));
  IMCC_ASSIGN(const TensorId sum, compose.Reduce(powers, Kind::kSum, axes));
  IMCC_ASSIGN(const TensorId log, compose.Unary(sum, {UnaryKind::kLog}));
  return compose.Binary(OpKind::kAdd, log, highest);
}

Kind ReduceKind(const std::string& op) {
  if (op == "ReduceMean") return Kind::kMean;
  if (op == "ReduceMax") return Kind::kMax;
  if (op == "ReduceMin") return Kind::kMin;
  return op == "ReduceProd" ? Kind::kProduct : Kind::kSum;
}

/// What is applied to every element before the reduction, and to every sum after it.
UnaryFunction Before(const std::string& op) {
  if (op == "ReduceL1") return {UnaryKind::kAbs};
  if (op == "ReduceL2" || op == "ReduceSumSquare") return {UnaryKind::kPow, 2};
  return {};
}
UnaryFunction After(const std::string& op) {
  if (op == "ReduceL2") return {UnaryKind::kSqrt};
  return op == "ReduceLogSum" ? UnaryFunction{UnaryKind::kLog} : UnaryFunction{};
}

}  // namespace

Status ImportReduce(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(TensorId x, importer.InputTensor(node, 0));
  Composer compose(importer, node);
  const Shape shape = compose.ShapeOf(x);
  IMCC_ASSIGN(const std::vector<int64_t> axes, ReadReducedAxes(importer, node, shape.rank()));
  if (node.op() == "ReduceLogSumExp") {
    IMCC_ASSIGN(x, LogSumExp(compose, x, axes));
  } else {
    if (const UnaryFunction before = Before(node.op()); before != UnaryFunction{}) {
      IMCC_ASSIGN(x, compose.Unary(x, before));
    }
    IMCC_ASSIGN(x, Reduce(importer, node, compose, x, ReduceKind(node.op()), axes));
    if (const UnaryFunction after = After(node.op()); after != UnaryFunction{}) {
      IMCC_ASSIGN(x, compose.Unary(x, after));
    }
  }
  if (node.Int("keepdims", 1) == 0) x = compose.Reshape(x, WithoutAxes(shape, axes));
  return importer.Alias(node, x);
}

Status ImportGlobalPool(Importer& importer, const OnnxNode& node) {
  const bool average = node.op() == "GlobalAveragePool";
  IMCC_ASSIGN(TensorId x, importer.InputTensor(node, 0));
  Composer compose(importer, node);
  const size_t rank = compose.ShapeOf(x).rank();
  if (rank != 4) {
    if (rank < 3) return node.Invalid("its input has no spatial axes");
    std::vector<int64_t> axes(rank - 2);
    std::iota(axes.begin(), axes.end(), 2);
    IMCC_ASSIGN(x, compose.Reduce(x, average ? Kind::kMean : Kind::kMax, axes));
    return importer.Alias(node, x);
  }
  IMCC_ASSIGN(x, importer.ChannelsLast(node, x));
  return importer.Emit(node, {.kind = average ? OpKind::kAveragePool : OpKind::kMaxPool,
                              .inputs = {x},
                              .attributes = PoolAttributes{WholePlane(compose.tensor(x).shape)},
                              .layout = Layout::kChannelsLast});
}

Status ImportArgMax(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  Composer compose(importer, node);
  const Shape shape = compose.ShapeOf(x);
  IMCC_ASSIGN(const int64_t axis, NormalizeAxis(node, node.Int("axis", 0), shape.rank()));
  const Layout layout = compose.tensor(x).layout;
  const ArgMaxAttributes attributes{StoredAxis(axis, layout), node.op() == "ArgMin",
                                    node.Int("select_last_index", 0) != 0};
  IMCC_ASSIGN(
      TensorId y,
      importer.EmitStep(
          node, "_index",
          {.kind = OpKind::kArgMax, .inputs = {x}, .attributes = attributes, .layout = layout}));
  if (node.Int("keepdims", 1) == 0) y = compose.Reshape(y, WithoutAxes(shape, {axis}));
  return importer.Alias(node, y);
}

}  // namespace imcc
