// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace imcc {

/// A positive float32 multiplier as integers: value = mantissa * 2^-shift, mantissa in
/// [2^23, 2^24) (or 0 for multiplier 0), so it is exactly the float (DESIGN 5).
struct Requantizer {
  int32_t mantissa = 0;
  int32_t shift = 0;

  friend bool operator==(Requantizer, Requantizer) = default;
};

Requantizer MakeRequantizer(float multiplier);

/// Packs mantissa (24 bits) and shift (8 bits, two's complement) in the form parameter blocks use.
uint32_t Pack(Requantizer requantizer);
Requantizer UnpackRequantizer(uint32_t packed);

/// acc * mantissa * 2^-shift: the exact product rounded to nearest-even to 24 significant bits,
/// then to an integer, again nearest-even (bit-identical to ONNX Runtime's float path).
/// Saturates to int32.
int32_t Scale(int64_t accumulator, Requantizer requantizer);

/// a / b through the quotient |b| has (0 <= |a|, |b| <= 255): Scale(+-a, quotient), minus where b
/// is negative. 0 / 0 is 0, and anything else divided by 0 is as large as int32 allows.
int32_t DividedBy(int32_t a, int32_t b, Requantizer quotient);

/// int8 range [lo, hi] of an output after its fused clamp.
struct ClampRange {
  int8_t lo = -128;
  int8_t hi = 127;
  friend bool operator==(ClampRange, ClampRange) = default;
};

/// clamp(Scale(acc) + zero_point): the whole requantisation of one accumulator.
int8_t Requantize(int32_t accumulator, Requantizer requantizer, int32_t zero_point,
                  ClampRange range);

/// Two multipliers on one common binary point for Add/Sub: value = m * 2^-shift, |m| < 2^30.
/// Both products go into one 64-bit accumulator and are rounded once.
struct PairRequantizer {
  int32_t multiplier_a = 0;
  int32_t multiplier_b = 0;  // Negative for Sub.
  int32_t shift = 0;         // In [0, 62].
  friend bool operator==(PairRequantizer, PairRequantizer) = default;
};
PairRequantizer MakePairRequantizer(double multiplier_a, double multiplier_b);

/// round_half_even((a * ma + b * mb) * 2^-shift), a and b already without their zero points.
int32_t Scale(int32_t a, int32_t b, PairRequantizer requantizer);

/// x / 2^shift rounded to nearest, ties to even. 0 <= shift <= 62.
int64_t RoundShift(int64_t x, int shift);

}  // namespace imcc
