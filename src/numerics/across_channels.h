// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "numerics/requantize.h"

/// Functions of all channels of one pixel at once, in integers from end to end: what lies between
/// the int8 input and the int8 output has at least 20 bits, and one rounding ends it.
namespace imcc {

/// y = exp(s (x - max x)) / sum of these. An exponential depends on max x - x alone, which has 256
/// values: a table of 24-bit fixed point, rounded to nearest. Sums are exact.
struct SoftmaxParameters {
  std::array<uint32_t, 256> exponentials{};  // round(2^24 exp(-s d)), d = max x - x.
  Requantizer inverse_scale;                 // 1 / s_y; its shift lies in [0, 23].
  int8_t zero_point = 0;
  friend bool operator==(const SoftmaxParameters&, const SoftmaxParameters&) = default;
};
/// The ranges above: for these no input overflows.
bool AreValid(const SoftmaxParameters& parameters);
SoftmaxParameters MakeSoftmax(float scale_x, float scale_y, int32_t zero_point_y);
/// y = clamp(round(e(x) / (sum of e) / s_y) + zero_point), ties to even. 0 < count < 2^16.
void SoftmaxRow(const int8_t* x, int64_t count, const SoftmaxParameters& parameters, int8_t* y);

/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta (Ba et al., arXiv 1607.06450). With S and
/// Q the sums of x - z and its squares over n channels, V = n Q - S^2 and E = epsilon n^2 / s^2 are
/// integers, and the normalised value is (n (x - z) - S) / sqrt(V + E): exact up to the root, which
/// has 31 bits, and a quotient of kNormalizedBits behind the point.
struct NormalizeParameters {
  int8_t zero_point_x = 0, zero_point_y = 0;
  ClampRange clamp;
  int64_t epsilon = 0;          // E, in [0, 2^60].
  int32_t shift = 0;            // y = (t gain + offset) 2^-shift for normalised t; in [1, 62].
  std::vector<int32_t> gain;    // By channel: gamma / s_y 2^(shift - kNormalizedBits).
  std::vector<int64_t> offset;  // By channel: beta / s_y 2^shift.
  friend bool operator==(const NormalizeParameters&, const NormalizeParameters&) = default;
};
inline constexpr int kNormalizedBits = 20;
/// The ranges above, offsets within 2^60: for these no input overflows. Not the number of channels.
bool AreValid(const NormalizeParameters& parameters);
/// `gamma` and `beta` have one finite value a channel.
NormalizeParameters MakeNormalize(float scale_x, int32_t zero_point_x, float scale_y,
                                  int32_t zero_point_y, double epsilon,
                                  const std::vector<float>& gamma, const std::vector<float>& beta);
/// 0 < count < 2^16.
void NormalizeRow(const int8_t* x, int64_t count, const NormalizeParameters& parameters, int8_t* y);

/// First (or last) index of the largest (or smallest) value.
int64_t ExtremeIndex(const int8_t* x, int64_t count, bool smallest, bool last);

}  // namespace imcc
