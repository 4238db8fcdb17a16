// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "numerics/requantize.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace imcc {

namespace {

/// |x| / 2^shift to nearest, ties to even; any shift >= 0.
uint64_t RoundShiftUnsigned(uint64_t x, int shift) {
  if (shift == 0) return x;
  if (shift >= 64) return 0;  // Products stay below 2^63, so at most half a unit is dropped.
  const uint64_t half = uint64_t{1} << (shift - 1);
  const uint64_t floor = x >> shift;
  const uint64_t rest = x & (2 * half - 1);
  return floor + ((rest > half || (rest == half && (floor & 1U) != 0)) ? 1 : 0);
}

}  // namespace

Requantizer MakeRequantizer(float multiplier) {
  if (!(multiplier > 0)) return {};
  int exponent = 0;
  const float fraction = std::frexp(multiplier, &exponent);  // In [0.5, 1).
  return {static_cast<int32_t>(std::ldexp(fraction, 24)), 24 - exponent};
}

uint32_t Pack(Requantizer requantizer) {
  const int shift = std::clamp(requantizer.shift, -128, 127);
  return (static_cast<uint32_t>(requantizer.mantissa) & 0xffffffU) |
         (static_cast<uint32_t>(shift) & 0xffU) << 24U;
}

Requantizer UnpackRequantizer(uint32_t packed) {
  return {static_cast<int32_t>(packed & 0xffffffU), static_cast<int8_t>(packed >> 24U)};
}

int32_t DividedBy(int32_t a, int32_t b, Requantizer quotient) {
  constexpr int32_t kLargest = std::numeric_limits<int32_t>::max();
  if (b == 0) return a == 0 ? 0 : a > 0 ? kLargest : -kLargest;
  return Scale(b < 0 ? -a : a, quotient);
}

int32_t Scale(int64_t accumulator, Requantizer requantizer) {
  const bool negative = accumulator < 0;
  const uint64_t magnitude = static_cast<uint64_t>(negative ? -accumulator : accumulator);
  uint64_t product = magnitude * static_cast<uint64_t>(requantizer.mantissa);
  int shift = requantizer.shift;
  // The float product has 24 significant bits.
  const int excess = static_cast<int>(std::bit_width(product)) - 24;
  if (excess > 0) {
    product = RoundShiftUnsigned(product, excess);
    shift -= excess;
  }
  constexpr uint64_t kMax = std::numeric_limits<int32_t>::max();
  uint64_t rounded = 0;
  if (shift >= 0)
    rounded = RoundShiftUnsigned(product, shift);
  else
    rounded = static_cast<int>(std::bit_width(product)) - shift > 32 ? kMax + 1 : product << -shift;
  const auto limited = static_cast<int64_t>(std::min(rounded, negative ? kMax + 1 : kMax));
  return static_cast<int32_t>(negative ? -limited : limited);
}

int8_t Requantize(int32_t accumulator, Requantizer requantizer, int32_t zero_point,
                  ClampRange range) {
  const int64_t value = int64_t{Scale(accumulator, requantizer)} + zero_point;
  return static_cast<int8_t>(std::clamp<int64_t>(value, range.lo, range.hi));
}

PairRequantizer MakePairRequantizer(double multiplier_a, double multiplier_b) {
  const double largest = std::max(std::abs(multiplier_a), std::abs(multiplier_b));
  if (!(largest > 0)) return {};
  int exponent = 0;
  std::frexp(largest, &exponent);  // largest < 2^exponent
  const int shift = std::clamp(30 - exponent, 0, 62);
  constexpr double kLimit = (1 << 30) - 1;
  const auto fixed = [&](double m) {
    return static_cast<int32_t>(std::clamp(std::nearbyint(std::ldexp(m, shift)), -kLimit, kLimit));
  };
  return {fixed(multiplier_a), fixed(multiplier_b), shift};
}

int32_t Scale(int32_t a, int32_t b, PairRequantizer requantizer) {
  const int64_t sum = int64_t{a} * requantizer.multiplier_a + int64_t{b} * requantizer.multiplier_b;
  return static_cast<int32_t>(std::clamp<int64_t>(RoundShift(sum, requantizer.shift),
                                                  std::numeric_limits<int32_t>::min(),
                                                  std::numeric_limits<int32_t>::max()));
}

int64_t RoundShift(int64_t x, int shift) {
  const bool negative = x < 0;
  const uint64_t magnitude =
      negative ? uint64_t{0} - static_cast<uint64_t>(x) : static_cast<uint64_t>(x);
  const auto rounded = static_cast<int64_t>(RoundShiftUnsigned(magnitude, shift));
  return negative ? -rounded : rounded;
}

}  // namespace imcc
