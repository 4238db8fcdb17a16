// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "ir/shape.h"

namespace onnx {
class TensorProto;
}

namespace imcc {

/// A constant of the ONNX model, in ONNX axis order. Every float type becomes float, every integer
/// type (and bool) int64.
struct HostTensor {
  Shape shape;
  bool is_float = true;
  std::vector<float> floats;  // If is_float.
  std::vector<int64_t> ints;  // Otherwise; beside floats those they were dequantised from.
  bool is_unsigned = false;   // Integers of an unsigned type.
  std::vector<float> scales;  // Of dequantised floats: one, or one per position of `scale_axis`.
  int64_t scale_axis = 0;
  bool is_symmetric = true;  // No zero point when dequantised.

  int64_t elements() const { return shape.elements(); }
};

/// Product of dimensions, or an error message in `subject`'s name if one is negative or there are
/// more than 2^31 elements. Constants may be empty, activations may not.
Result<int64_t> CheckedElements(const std::vector<int64_t>& dims, const std::string& subject);

/// Decodes a TensorProto. Its data may lie in a file below `directory`.
Result<HostTensor> ReadTensor(const onnx::TensorProto& proto, const std::string& directory);

/// The same values with axes permuted: output axis i is input axis permutation[i].
HostTensor Permute(const HostTensor& tensor, const std::vector<int64_t>& permutation);

}  // namespace imcc
