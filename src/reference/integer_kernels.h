// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "ir/quantized_graph.h"
#include "numerics/int8_kernels.h"

/// One function for each operation of the int8 graph.
namespace imcc {

/// One tensor of a running graph: what is known about it, and its values.
struct Int8View {
  const QTensor* tensor = nullptr;
  const int8_t* values = nullptr;

  FeatureMap map() const { return AsFeatureMap(tensor->shape); }
  int32_t zero_point() const { return tensor->quantization.zero_point[0]; }
};

/// Where an operation writes.
struct Int8Output {
  const QTensor* tensor = nullptr;
  int8_t* values = nullptr;

  FeatureMap map() const { return AsFeatureMap(tensor->shape); }
  int32_t zero_point() const { return tensor->quantization.zero_point[0]; }
};

void RunConv(const QConv& conv, Int8View x, Int8Output y, KernelSet kernels);
void RunDepthwise(const QConv& conv, Int8View x, Int8Output y, KernelSet kernels);
void RunTable(const QTable& table, Int8View x, Int8Output y);
void RunElementwise(const QElementwise& op, Int8View a, Int8View b, Int8Output y);
void RunPool(const QPool& pool, Int8View x, Int8Output y);
void RunConcat(const QConcat& concat, std::span<const Int8View> inputs, Int8Output y);
void RunPad(const QPad& pad, Int8View x, Int8Output y);
void RunSoftmax(const QSoftmax& softmax, Int8View x, Int8Output y);
void RunLayerNorm(const QLayerNorm& norm, Int8View x, Int8Output y);
void RunExtreme(const QExtreme& extreme, Int8View x, Int8Output y);
void RunTranspose(const QTranspose& transpose, Int8View x, Int8Output y);
void RunGather(const QGather& gather, Int8View x, Int8Output y);
void RunMatMul(const QMatMul& product, Int8View a, Int8View b, Int8Output y, KernelSet kernels);
void RunResize(const QResize& resize, Int8View x, Int8Output y);

/// bias - zero_point_x * (sum of weights) of every output channel, modulo 2^32: with it, the
/// products may use x itself, padded taps reading as the zero point.
std::vector<int32_t> FoldZeroPoint(const QConv& conv, const Quantization& input);

/// The requantisers of every output channel in the packed form RequantizeRow takes.
std::vector<uint32_t> PackRequantizers(const QConv& conv);

}  // namespace imcc
