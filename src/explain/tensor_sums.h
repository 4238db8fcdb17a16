// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "explain/quantization_report.h"
#include "ir/quantized_graph.h"

namespace imcc {

/// The values of one tensor of one sample, each way of computing them.
struct TensorValues {
  const std::vector<float>& real;
  const std::vector<float>& rounded;  // Rounded to the tensor's scale.
  struct {
    const std::vector<float>& expected;  // By this layer in float ...
    const std::vector<float>& got;       // ... and in int8, from the same rounded inputs.
  } isolated;
  const std::vector<float>& accumulated;  // By the int8 network.
};

/// Sums over the values of one tensor; those of several samples add up.
struct TensorSums {
  int64_t values = 0;
  int64_t clipped = 0;
  float smallest = std::numeric_limits<float>::infinity();
  float largest = -std::numeric_limits<float>::infinity();
  // Sums of squares.
  double signal = 0;
  double rounding = 0;     // Error of the rounded values ...
  double clipping = 0;     // ... of which of those outside the range.
  double isolated = 0;     // Error of the layer by itself.
  double accumulated = 0;  // Error of the network up to here.
  std::vector<int64_t> histogram;

  static TensorSums Of(const TensorValues& values, const QTensor& tensor);
  void Add(const TensorSums& other);
};

/// Smallest and largest real value that an int8 tensor holds, of any channel.
Interval<float> RangeOf(const Quantization& quantization);

}  // namespace imcc
