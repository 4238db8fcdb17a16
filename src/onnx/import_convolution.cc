// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "onnx/operators.h"
#include "onnx/window_attributes.h"

namespace imcc {
namespace {

/// A Gemm or MatMul addend spread over the outputs and scaled.
Result<std::vector<float>> SpreadBias(const OnnxNode& node, const HostTensor& c, int64_t outputs,
                                      float beta) {
  if (c.elements() != 1 && (c.elements() != outputs || c.shape.back() != outputs)) {
    return node.Unsupported(
        fmt::format("C {} is not one value per output ({})", c.shape.ToString(), outputs));
  }
  std::vector<float> bias(static_cast<size_t>(outputs));
  for (size_t i = 0; i < bias.size(); ++i) bias[i] = beta * c.floats[c.elements() == 1 ? 0 : i];
  return bias;
}

Result<const HostTensor*> NonEmpty(const OnnxNode& node, Result<const HostTensor*> tensor) {
  if (tensor.ok() && (*tensor)->elements() == 0) return node.Invalid("its weights are empty");
  return tensor;
}

}  // namespace

Status ImportConv(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const HostTensor* weights, NonEmpty(node, importer.ConstantInput(node, 1)));
  if (weights->shape.rank() != 4) {
    return node.Unsupported(fmt::format("weights {} have {} dimensions; only 2-D convolutions (4 "
                                        "dimensions) are supported",
                                        weights->shape.ToString(), weights->shape.rank()),
                            "reshape to two spatial dimensions before export");
  }
  IMCC_ASSIGN(const TensorId given, importer.InputTensor(node, 0));
  IMCC_ASSIGN(const TensorId x, importer.ChannelsLast(node, given));
  const Shape& kernel = weights->shape;
  if (const auto declared = node.Ints("kernel_shape");
      declared && *declared != std::vector<int64_t>{kernel[2], kernel[3]}) {
    return node.Invalid(fmt::format("kernel_shape differs from weights {}", kernel.ToString()));
  }
  IMCC_ASSIGN(const Window window,
              ReadWindow(node, importer.graph().tensor(x).shape, kernel[2], kernel[3]));
  HostTensor stored = Permute(*weights, {0, 2, 3, 1});
  std::vector<TensorId> inputs = {
      x, importer.AddConstant(node.input(1), stored.shape, std::move(stored.floats))};
  if (node.has_input(2)) {
    IMCC_ASSIGN(const HostTensor* bias, NonEmpty(node, importer.ConstantInput(node, 2)));
    inputs.push_back(importer.AddConstant(node.input(2), bias->shape, bias->floats));
  }
  return importer.Emit(node, {.kind = OpKind::kConv,
                              .inputs = std::move(inputs),
                              .attributes = ConvAttributes{window, node.Int("group", 1)},
                              .layout = Layout::kChannelsLast});
}

Status ImportGemm(Importer& importer, const OnnxNode& node) {
  if (node.Int("transA", 0) != 0) return node.Unsupported("transA is not supported");
  IMCC_ASSIGN(const HostTensor* b, NonEmpty(node, importer.ConstantInput(node, 1)));
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  if (b->shape.rank() != 2 || importer.graph().tensor(x).shape.rank() != 2) {
    return node.Invalid("its operands must have two dimensions");
  }
  HostTensor weights = node.Int("transB", 0) != 0 ? *b : Permute(*b, {1, 0});
  const float alpha = node.Float("alpha", 1);
  for (float& w : weights.floats) w *= alpha;
  const int64_t outputs = weights.shape[0];
  std::vector<TensorId> inputs = {
      x, importer.AddConstant(node.input(1), weights.shape, std::move(weights.floats))};
  if (node.has_input(2)) {
    IMCC_ASSIGN(const HostTensor* c, NonEmpty(node, importer.ConstantInput(node, 2)));
    IMCC_ASSIGN(std::vector<float> bias, SpreadBias(node, *c, outputs, node.Float("beta", 1)));
    inputs.push_back(importer.AddConstant(node.input(2), Shape{outputs}, std::move(bias)));
  }
  return importer.Emit(node, {.kind = OpKind::kFullyConnected, .inputs = std::move(inputs)});
}

Status ImportMatMul(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const HostTensor* b, NonEmpty(node, importer.ConstantInput(node, 1)));
  if (b->shape.rank() != 2) {
    return node.Unsupported(fmt::format("weights {} are not a matrix", b->shape.ToString()));
  }
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  HostTensor weights = Permute(*b, {1, 0});
  const TensorId stored =
      importer.AddConstant(node.input(1), weights.shape, std::move(weights.floats));
  return importer.Emit(node,
                       {.kind = OpKind::kFullyConnected, .inputs = {importer.Plain(x), stored}});
}

Status ImportBatchNormalization(Importer& importer, const OnnxNode& node) {
  if (node.Int("training_mode", 0) != 0) {
    return node.Unsupported("training_mode is on", "export the model for inference (model.eval())");
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
    const double s = parameters[0]->floats[c] / std::sqrt(parameters[3]->floats[c] + epsilon);
    scale[c] = static_cast<float>(s);
    shift[c] = static_cast<float>(parameters[1]->floats[c] - parameters[2]->floats[c] * s);
  }
  IMCC_ASSIGN(TensorId x, importer.InputTensor(node, 0));
  const size_t rank = importer.graph().tensor(x).shape.rank();
  if (rank != 2) {
    IMCC_ASSIGN(x, importer.ChannelsLast(node, x));
  }
  const Shape shape{static_cast<int64_t>(channels)};
  const TensorId scales = importer.AddConstant(node.output() + "_scale", shape, std::move(scale));
  const TensorId shifts = importer.AddConstant(node.output() + "_shift", shape, std::move(shift));
  return importer.Emit(node, {.kind = OpKind::kBatchNorm,
                              .inputs = {x, scales, shifts},
                              .layout = importer.graph().tensor(x).layout});
}

}  // namespace imcc
