// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ir/graph.h"

namespace imcc {

/// The shape the model's user sees of a tensor stored as (shape, layout).
Shape ExternalShapeOf(const Shape& stored, Layout layout);

/// Reorders values between stored order ([N,H,W,C]) and the order of the ONNX model ([N,C,H,W]);
/// a copy for plain tensors.
template <class T>
std::vector<T> ToExternal(const std::vector<T>& values, const Shape& stored, Layout layout) {
  if (layout == Layout::kPlain || stored.rank() != 4) return values;
  std::vector<T> out(values.size());
  const int64_t pixels = stored[1] * stored[2];
  const int64_t channels = stored[3];
  for (int64_t n = 0; n < stored[0]; ++n)
    for (int64_t p = 0; p < pixels; ++p)
      for (int64_t c = 0; c < channels; ++c)
        out[static_cast<size_t>((n * channels + c) * pixels + p)] =
            values[static_cast<size_t>((n * pixels + p) * channels + c)];
  return out;
}

template <class T>
std::vector<T> ToStored(const std::vector<T>& values, const Shape& stored, Layout layout) {
  if (layout == Layout::kPlain || stored.rank() != 4) return values;
  // [N,C,H,W] -> [N,H,W,C] is the other direction on the plane of channels.
  const Shape swapped{stored[0], stored[3], 1, stored[1] * stored[2]};
  return ToExternal(values, swapped, layout);
}

}  // namespace imcc
