// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "ir/quantized_graph.h"
#include "isa/task.h"

/// Parameter blocks that tasks point at: written by mapping/, read by sim/. Little-endian.
namespace imcc {

/// Results of an int8 function; the one of value x stands at x + 128.
inline constexpr int64_t kTableBytes = 256;

/// `columns` entries of {int32 bias, uint32 packed requantizer}.
inline constexpr int64_t kChannelParameterBytes = 8;
std::vector<uint8_t> EncodeChannelParameters(const std::vector<int32_t>& bias,
                                             const std::vector<uint32_t>& requantizers);

/// Block of an ElementwiseTask.
struct ElementwiseParameters {
  int32_t multiplier_a = 0, multiplier_b = 0, shift = 0;  // Add and Sub.
  uint32_t product = 0;                                   // Mul: packed requantizer.
  int8_t zero_point_a = 0, zero_point_b = 0, zero_point_out = 0, lo = -128, hi = 127;
  friend bool operator==(const ElementwiseParameters&, const ElementwiseParameters&) = default;
};
inline constexpr int64_t kElementwiseParameterBytes = 32;
/// Between that block and the table of the result: what the kind looks up.
int64_t ElementwiseTableBytes(uint8_t kind);
std::vector<uint8_t> EncodeElementwiseParameters(const ElementwiseParameters& parameters);
ElementwiseParameters DecodeElementwiseParameters(const uint8_t* bytes);

/// Block of a WindowTask; which vectors are used depends on the kind (see WindowTask).
struct WindowParameters {
  int8_t zero_point_in = 0, zero_point_out = 0, lo = -128, hi = 127;
  int8_t pad_value = 0;
  bool count_include_pad = false;
  std::vector<int32_t> bias;
  std::vector<uint32_t> requantizers;
  std::vector<int8_t> weights;      // [tap][channel]
  std::vector<int8_t> zero_points;  // [channel]
  friend bool operator==(const WindowParameters&, const WindowParameters&) = default;
};
inline constexpr int64_t kWindowHeaderBytes = 16;
std::vector<uint8_t> EncodeWindowParameters(WindowTask::Kind kind,
                                            const WindowParameters& parameters);
/// Size of the block of `task`.
int64_t WindowParameterBytes(const WindowTask& task);
/// The whole block of `task`.
WindowParameters DecodeWindowParameters(const WindowTask& task, const uint8_t* bytes);

/// Blocks of an AcrossTask.
std::vector<uint8_t> EncodeSoftmax(const SoftmaxParameters& parameters);
SoftmaxParameters DecodeSoftmax(const uint8_t* bytes);
std::vector<uint8_t> EncodeNormalize(const NormalizeParameters& parameters);
NormalizeParameters DecodeNormalize(const uint8_t* bytes, int64_t channels);
int64_t AcrossParameterBytes(const AcrossTask& task);

/// {uint16 rows, uint16 columns}, then one {uint16 lo, hi, weight} per row and column.
std::vector<uint8_t> EncodeResizeParameters(const std::vector<ResizeTap>& rows,
                                            const std::vector<ResizeTap>& columns);
inline constexpr int64_t kResizeHeaderBytes = 4;
inline constexpr int64_t kResizeTapBytes = 6;
ResizeTap DecodeResizeTap(const uint8_t* bytes);

}  // namespace imcc
