// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "onnx/feature_map.h"
#include "onnx/operators.h"
#include "onnx/quantization_grid.h"
#include "onnx/window_attributes.h"

namespace imcc {
namespace {

/// Weights with two spatial dimensions; those of a 1-D convolution get a height of 1.
Result<HostTensor> ReadKernels(const OnnxNode& node, const HostTensor& weights) {
  const Shape& shape = weights.shape;
  if (shape.rank() != 3 && shape.rank() != 4) {
    return node.Unsupported(fmt::format("weights {} have {} dimensions; only 1-D and 2-D "
                                        "convolutions (3 and 4 dimensions) are supported",
                                        shape.ToString(), shape.rank()),
                            "reshape to two spatial dimensions before export");
  }
  const std::vector<int64_t> window(shape.dims().begin() + 2, shape.dims().end());
  if (const auto declared = node.Ints("kernel_shape"); declared && *declared != window) {
    return node.Invalid(fmt::format("kernel_shape differs from weights {}", shape.ToString()));
  }
  HostTensor kernels = weights;
  if (shape.rank() == 3) kernels.shape = {shape[0], shape[1], 1, shape[2]};
  return kernels;
}

/// ONNX keeps transposed weights as [Cin, Cout/groups, kh, kw]; imcc as [Cout, kh, kw, Cin/groups].
HostTensor GroupedToOutputsFirst(const HostTensor& kernels, int64_t groups) {
  const Shape& shape = kernels.shape;
  const HostTensor split{
      {groups, shape[0] / groups, shape[1], shape[2], shape[3]}, true, kernels.floats, {}};
  HostTensor stored = Permute(split, {0, 2, 3, 4, 1});
  stored.shape = {groups * shape[1], shape[2], shape[3], shape[0] / groups};
  return stored;
}

/// What convolutions and transposed ones read alike.
struct ConvolutionInputs {
  const HostTensor* weights = nullptr;
  HostTensor kernels;  // The weights, with two spatial dimensions.
  TensorId x;          // A feature map.
  size_t spatial = 2;  // Dimensions of the model's.
};

Result<ConvolutionInputs> ReadInputs(Importer& importer, const OnnxNode& node) {
  ConvolutionInputs inputs;
  IMCC_ASSIGN(inputs.weights, importer.WeightsInput(node, 1));
  IMCC_ASSIGN(inputs.kernels, ReadKernels(node, *inputs.weights));
  IMCC_ASSIGN(const TensorId given, importer.InputTensor(node, 0));
  inputs.spatial = inputs.weights->shape.rank() - 2;
  IMCC_ASSIGN(inputs.x, FeatureMapOf(importer, node, given, inputs.spatial));
  return inputs;
}

}  // namespace

Status ImportConv(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const ConvolutionInputs given, ReadInputs(importer, node));
  const auto& [weights, kernels, x, spatial] = given;
  const Shape& shape = kernels.shape;
  IMCC_ASSIGN(const Window window,
              ReadWindow(node, importer.graph().tensor(x).shape, shape[2], shape[3], spatial));
  HostTensor stored = Permute(kernels, {0, 2, 3, 1});
  std::vector<TensorId> inputs = {
      x, importer.AddConstant(node.input(1), stored.shape, std::move(stored.floats))};
  IMCC_TRY(KeepIntegers(importer, node, *weights, inputs[1], /*output_axis=*/0));
  if (node.has_input(2)) {
    IMCC_ASSIGN(const HostTensor* bias, importer.WeightsInput(node, 2));
    inputs.push_back(importer.AddConstant(node.input(2), bias->shape, bias->floats));
    IMCC_TRY(KeepIntegers(importer, node, *bias, inputs[2], /*output_axis=*/0));
  }
  return EmitFeatureMap(importer, node, spatial,
                        {.kind = OpKind::kConv,
                         .inputs = std::move(inputs),
                         .attributes = ConvAttributes{window, node.Int("group", 1)},
                         .layout = Layout::kChannelsLast});
}

Status ImportConvTranspose(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const ConvolutionInputs given, ReadInputs(importer, node));
  const auto& [weights, kernels, x, spatial] = given;
  const Shape& shape = kernels.shape;
  IMCC_ASSIGN(const Window window, ReadTransposedWindow(node, importer.graph().tensor(x).shape,
                                                        shape[2], shape[3], spatial));
  const int64_t groups = node.Int("group", 1);
  if (groups < 1 || groups > shape[0] || shape[0] % groups != 0) {
    return node.Invalid(fmt::format("{} groups do not fit {} channels", groups, shape[0]));
  }
  HostTensor stored = GroupedToOutputsFirst(kernels, groups);
  std::vector<TensorId> inputs = {
      x, importer.AddConstant(node.input(1), stored.shape, std::move(stored.floats))};
  if (node.has_input(2)) {
    IMCC_ASSIGN(const HostTensor* bias, importer.WeightsInput(node, 2));
    inputs.push_back(importer.AddConstant(node.input(2), bias->shape, bias->floats));
  }
  return EmitFeatureMap(importer, node, spatial,
                        {.kind = OpKind::kConvTranspose,
                         .inputs = std::move(inputs),
                         .attributes = ConvTransposeAttributes{window, groups},
                         .layout = Layout::kChannelsLast});
}

}  // namespace imcc
