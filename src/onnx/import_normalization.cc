// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "onnx/compose.h"
#include "onnx/operators.h"

namespace imcc {
namespace {

/// y = (x - mean) / sqrt(variance + epsilon) over ONNX axes, and the two on the way.
struct Normalized {
  TensorId values, mean, inverse_deviation;
};

Result<Normalized> Normalize(Composer& compose, TensorId x, const std::vector<int64_t>& axes,
                             float epsilon) {
  using Kind = ReduceAttributes::Kind;
  Normalized result;
  IMCC_ASSIGN(result.mean, compose.Reduce(x, Kind::kMean, axes));
  IMCC_ASSIGN(const TensorId centred, compose.Binary(OpKind::kSub, x, result.mean));
  IMCC_ASSIGN(const TensorId squares, compose.Unary(centred, {UnaryKind::kPow, 2}));
  IMCC_ASSIGN(TensorId variance, compose.Reduce(squares, Kind::kMean, axes));
  IMCC_ASSIGN(variance, compose.Binary(OpKind::kAdd, variance, epsilon));
  IMCC_ASSIGN(result.inverse_deviation, compose.Unary(variance, {UnaryKind::kPow, -0.5}));
  IMCC_ASSIGN(result.values, compose.Binary(OpKind::kMul, centred, result.inverse_deviation));
  return result;
}

/// One value per channel, shaped to broadcast over the axes behind the channel axis.
Result<TensorId> PerChannel(Importer& importer, const OnnxNode& node, size_t input, size_t rank) {
  IMCC_ASSIGN(const HostTensor* values, importer.ConstantInput(node, input));
  if (values->shape.rank() != 1 || values->elements() == 0 || rank < 2) {
    return node.Invalid(fmt::format("'{}' is not one value per channel", node.input(input)));
  }
  std::vector<int64_t> dims(rank - 1, 1);
  dims[0] = values->elements();
  return importer.AddConstant(node.input(input), Shape(dims), values->floats);
}

/// x * scale + shift per ONNX channel of a tensor that is no feature map.
Status ScaleAndShift(Importer& importer, const OnnxNode& node, TensorId x,
                     const std::vector<float>& scale, const std::vector<float>& shift) {
  Composer compose(importer, node);
  const size_t rank = compose.ShapeOf(x).rank();
  std::vector<int64_t> dims(std::max<size_t>(rank, 2) - 1, 1);
  dims[0] = static_cast<int64_t>(scale.size());
  const TensorId factor = importer.AddConstant(node.output() + "_scale", Shape(dims), scale);
  const TensorId addend = importer.AddConstant(node.output() + "_shift", Shape(dims), shift);
  IMCC_ASSIGN(const TensorId scaled, compose.Binary(OpKind::kMul, x, factor));
  return compose.EmitBinary(OpKind::kAdd, scaled, addend);
}

std::vector<int64_t> AxesFrom(int64_t first, size_t rank) {
  std::vector<int64_t> axes(rank - static_cast<size_t>(first));
  std::iota(axes.begin(), axes.end(), first);
  return axes;
}

}  // namespace

Status ImportBatchNormalization(Importer& importer, const OnnxNode& node) {
  if (node.Int("training_mode", 0) != 0) {
    return node.Unsupported("training_mode is on", "export the model for inference (model.eval())");
  }
  if (node.opset() < 9 && node.Int("spatial", 1) != 1) {
    return node.Unsupported("spatial is off", "export the model again with opset 13");
  }
  std::vector<const HostTensor*> parameters;
  for (size_t i = 1; i <= 4; ++i) {
    IMCC_ASSIGN(parameters.emplace_back(), importer.ConstantInput(node, i));
    if (parameters.back()->shape.rank() != 1 || parameters.back()->elements() == 0 ||
        parameters.back()->shape != parameters.front()->shape) {
      return node.Invalid(
          fmt::format("parameter '{}' is not one value per channel", node.input(i)));
    }
  }
  // y = (x - mean) / sqrt(var + epsilon) * gamma + beta as x * scale + shift.
  const double epsilon = node.Float("epsilon", 1e-5F);
  const size_t channels = parameters[0]->floats.size();
  std::vector<float> scale(channels);
  std::vector<float> shift(channels);
  for (size_t c = 0; c < channels; ++c) {
    if (!(parameters[3]->floats[c] + epsilon > 0)) {
      return node.Invalid(
          fmt::format("channel {} has variance {}, with epsilon {}: there is no "
                      "square root of their sum to divide by",
                      c, parameters[3]->floats[c], epsilon));
    }
    const double s = parameters[0]->floats[c] / std::sqrt(parameters[3]->floats[c] + epsilon);
    scale[c] = static_cast<float>(s);
    shift[c] = static_cast<float>(parameters[1]->floats[c] - parameters[2]->floats[c] * s);
  }
  IMCC_ASSIGN(TensorId x, importer.InputTensor(node, 0));
  const size_t rank = importer.graph().tensor(x).shape.rank();
  if (rank != 2 && rank != 4) return ScaleAndShift(importer, node, x, scale, shift);
  if (rank == 4) {
    IMCC_ASSIGN(x, importer.ChannelsLast(node, x));
  }
  const Shape shape{static_cast<int64_t>(channels)};
  const TensorId scales = importer.AddConstant(node.output() + "_scale", shape, std::move(scale));
  const TensorId shifts = importer.AddConstant(node.output() + "_shift", shape, std::move(shift));
  return importer.Emit(node, {.kind = OpKind::kBatchNorm,
                              .inputs = {x, scales, shifts},
                              .layout = importer.graph().tensor(x).layout});
}

Status ImportLayerNormalization(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  Composer compose(importer, node);
  const size_t rank = compose.ShapeOf(x).rank();
  IMCC_ASSIGN(const int64_t axis, NormalizeAxis(node, node.Int("axis", -1), rank));
  IMCC_ASSIGN(const Normalized normalized,
              Normalize(compose, x, AxesFrom(axis, rank), node.Float("epsilon", 1e-5F)));
  IMCC_ASSIGN(const TensorId scale, importer.InputTensor(node, 1));
  IMCC_ASSIGN(TensorId y, compose.Binary(OpKind::kMul, normalized.values, scale));
  if (node.has_input(2)) {
    IMCC_ASSIGN(const TensorId bias, importer.InputTensor(node, 2));
    IMCC_ASSIGN(y, compose.Binary(OpKind::kAdd, y, bias));
  }
  if (!node.output(1).empty()) importer.BindTensor(node.output(1), normalized.mean);
  if (!node.output(2).empty()) importer.BindTensor(node.output(2), normalized.inverse_deviation);
  return importer.Alias(node, y);
}

Status ImportInstanceNormalization(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  Composer compose(importer, node);
  const size_t rank = compose.ShapeOf(x).rank();
  if (rank < 3) return node.Invalid("its input has no axes behind the channels");
  IMCC_ASSIGN(const TensorId scale, PerChannel(importer, node, 1, rank));
  IMCC_ASSIGN(const TensorId bias, PerChannel(importer, node, 2, rank));
  IMCC_ASSIGN(const Normalized normalized,
              Normalize(compose, x, AxesFrom(2, rank), node.Float("epsilon", 1e-5F)));
  IMCC_ASSIGN(const TensorId scaled, compose.Binary(OpKind::kMul, normalized.values, scale));
  return compose.EmitBinary(OpKind::kAdd, scaled, bias);
}

Status ImportSoftmax(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(TensorId x, importer.InputTensor(node, 0));
  Composer compose(importer, node);
  const Shape shape = compose.ShapeOf(x);
  const bool flattens = node.opset() < 13;
  IMCC_ASSIGN(int64_t axis, NormalizeAxis(node, node.Int("axis", flattens ? 1 : -1), shape.rank()));
  // Before opset 13 Softmax normalised over all axes from `axis` on together.
  int64_t before = 1;
  int64_t after = 1;
  for (size_t i = 0; i < shape.rank(); ++i) {
    if (i < static_cast<size_t>(axis)) before *= shape[i];
    if (i > static_cast<size_t>(axis)) after *= shape[i];
  }
  const bool joins_axes = flattens && after != 1;
  if (joins_axes) {
    x = compose.Reshape(x, Shape{before, shape.elements() / before});
    axis = 1;
  }
  const Layout layout = compose.tensor(x).layout;
  Importer::Emission softmax{.kind = OpKind::kSoftmax,
                             .inputs = {x},
                             .attributes = SoftmaxAttributes{StoredAxis(axis, layout)},
                             .layout = layout};
  const bool takes_log = node.op() == "LogSoftmax";
  if (!joins_axes && !takes_log) return importer.Emit(node, std::move(softmax));
  IMCC_ASSIGN(TensorId y, importer.EmitStep(node, "_rows", std::move(softmax)));
  if (takes_log) {
    IMCC_ASSIGN(y, compose.Unary(y, {UnaryKind::kLog}));
  }
  if (!joins_axes) return importer.Alias(node, y);
  return importer.Emit(node, {.kind = OpKind::kReshape, .inputs = {y}, .shape = shape});
}

}  // namespace imcc
