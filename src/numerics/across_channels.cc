// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "numerics/across_channels.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace imcc {
namespace {

/// Gains stay below 2^30 and offsets below 2^58, so that no sum leaves 63 bits: normalised values
/// are below 2^8 (the root of 2^16 channels).
constexpr double kMaxGain = 0x1p30;
constexpr double kMaxOffset = 0x1p58;

/// numerator / denominator to the nearest integer, ties to even; denominator > 0.
int64_t DivideRounded(int64_t numerator, int64_t denominator) {
  int64_t quotient = numerator / denominator;
  int64_t rest = numerator % denominator;
  if (rest < 0) {
    --quotient;
    rest += denominator;
  }
  const int64_t other = denominator - rest;
  if (rest > other || (rest == other && (quotient & 1) != 0)) ++quotient;
  return quotient;
}

/// floor(sqrt(x)), bit by bit: the same on every machine.
uint64_t IntegerRoot(uint64_t x) {
  uint64_t root = 0;
  for (uint64_t bit = uint64_t{1} << 31U; bit != 0; bit >>= 1U) {
    const uint64_t wider = root | bit;
    if (wider * wider <= x) root = wider;
  }
  return root;
}

int8_t Saturate(int64_t value, ClampRange clamp) {
  return static_cast<int8_t>(std::clamp<int64_t>(value, clamp.lo, clamp.hi));
}

}  // namespace

bool AreValid(const SoftmaxParameters& p) {
  const Requantizer& inverse = p.inverse_scale;
  return inverse.mantissa > 0 && inverse.shift >= 0 && inverse.shift <= 23 &&
         p.exponentials[0] > 0 &&
         std::all_of(p.exponentials.begin(), p.exponentials.end(),
                     [](uint32_t e) { return e <= 1U << 24U; });
}

SoftmaxParameters MakeSoftmax(float scale_x, float scale_y, int32_t zero_point_y) {
  SoftmaxParameters result{.inverse_scale = MakeRequantizer(1 / scale_y),
                           .zero_point = static_cast<int8_t>(zero_point_y)};
  for (size_t d = 0; d < result.exponentials.size(); ++d) {
    const double e = std::exp(-static_cast<double>(scale_x) * static_cast<double>(d));
    result.exponentials[d] = static_cast<uint32_t>(std::nearbyint(e * 0x1p24));
  }
  return result;
}

void SoftmaxRow(const int8_t* x, int64_t count, const SoftmaxParameters& p, int8_t* y) {
  const int largest = *std::max_element(x, x + count);
  const auto e = [&](int64_t i) {
    return int64_t{p.exponentials[static_cast<size_t>(largest - x[i])]};
  };
  int64_t sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += e(i);
  // The sum is below 2^40 and the shift below 24; the product is at most 2^48.
  const int64_t divisor = sum << p.inverse_scale.shift;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t value = DivideRounded(e(i) * p.inverse_scale.mantissa, divisor);
    y[i] = Saturate(value + p.zero_point, {});
  }
}

bool AreValid(const NormalizeParameters& p) {
  constexpr int64_t kMost = int64_t{1} << 60;
  return p.shift >= 1 && p.shift <= 62 && p.epsilon >= 0 && p.epsilon <= kMost &&
         p.clamp.lo <= p.clamp.hi &&
         std::all_of(p.offset.begin(), p.offset.end(),
                     [](int64_t offset) { return offset >= -kMost && offset <= kMost; });
}

NormalizeParameters MakeNormalize(float scale_x, int32_t zero_point_x, float scale_y,
                                  int32_t zero_point_y, double epsilon,
                                  const std::vector<float>& gamma, const std::vector<float>& beta) {
  const auto step = static_cast<double>(scale_y);
  double largest_gain = 0;
  double largest_offset = 0;
  for (const float g : gamma)
    largest_gain = std::max(largest_gain, std::abs(static_cast<double>(g)) / step);
  for (const float b : beta)
    largest_offset = std::max(largest_offset, std::abs(static_cast<double>(b)) / step);
  NormalizeParameters result{.zero_point_x = static_cast<int8_t>(zero_point_x),
                             .zero_point_y = static_cast<int8_t>(zero_point_y)};
  result.shift = 62;
  const auto fits = [&](int32_t shift) {
    return std::ldexp(largest_gain, shift - kNormalizedBits) < kMaxGain - 1 &&
           std::ldexp(largest_offset, shift) < kMaxOffset;
  };
  while (result.shift > 1 && !fits(result.shift)) --result.shift;
  const auto fixed = [](double value, double limit) {
    return std::clamp(std::nearbyint(value), -limit, limit);
  };
  for (const float g : gamma)
    result.gain.push_back(static_cast<int32_t>(fixed(
        std::ldexp(static_cast<double>(g) / step, result.shift - kNormalizedBits), kMaxGain - 1)));
  for (const float b : beta)
    result.offset.push_back(static_cast<int64_t>(
        fixed(std::ldexp(static_cast<double>(b) / step, result.shift), kMaxOffset)));
  const double count = static_cast<double>(gamma.size()) / static_cast<double>(scale_x);
  result.epsilon = static_cast<int64_t>(
      std::min(std::nearbyint(std::max(epsilon, 0.0) * count * count), 0x1p60));
  return result;
}

void NormalizeRow(const int8_t* x, int64_t count, const NormalizeParameters& p, int8_t* y) {
  int64_t sum = 0;
  int64_t squares = 0;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t value = x[i] - p.zero_point_x;
    sum += value;
    squares += value * value;
  }
  // Below 2^48 + 2^60.
  const auto spread = static_cast<uint64_t>(count * squares - sum * sum + p.epsilon);
  // An even shift up into [2^60, 2^62) gives the root its 31 bits.
  const int doubles = spread == 0 ? 0 : (std::countl_zero(spread) - 2) / 2;
  const auto root = static_cast<int64_t>(IntegerRoot(spread << (2 * doubles)));
  for (int64_t i = 0; i < count; ++i) {
    // |n (x - z) - S| <= sqrt(n V): shifted, below 2^(8 + 31 + kNormalizedBits).
    const int64_t deviation = count * (x[i] - p.zero_point_x) - sum;
    const int64_t normalized =
        root == 0 ? 0 : DivideRounded(deviation << (doubles + kNormalizedBits), root);
    const auto c = static_cast<size_t>(i);
    y[i] = Saturate(RoundShift(normalized * p.gain[c] + p.offset[c], p.shift) + p.zero_point_y,
                    p.clamp);
  }
}

int64_t ExtremeIndex(const int8_t* x, int64_t count, bool smallest, bool last) {
  int64_t best = 0;
  for (int64_t i = 1; i < count; ++i) {
    const bool wins = smallest ? x[i] < x[best] : x[i] > x[best];
    if (wins || (last && x[i] == x[best])) best = i;
  }
  return best;
}

}  // namespace imcc
