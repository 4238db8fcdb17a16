// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "numerics/requantize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace imcc {
namespace {

TEST(MakeRequantizer, IsExactlyTheFloat) {
  for (const float m : {1.0F, 0.5F, 0.1F, 3.7e-5F, 1.999F, 123.25F}) {
    const Requantizer r = MakeRequantizer(m);
    EXPECT_EQ(std::ldexp(static_cast<double>(r.mantissa), -r.shift), static_cast<double>(m));
    EXPECT_EQ(UnpackRequantizer(Pack(r)), r);
  }
  EXPECT_EQ(MakeRequantizer(0.0F).mantissa, 0);
}

TEST(Requantize, TiesGoToEven) {
  const Requantizer half = MakeRequantizer(0.5F);
  EXPECT_EQ(Requantize(1, half, 0, {}), 0);
  EXPECT_EQ(Requantize(3, half, 0, {}), 2);
  EXPECT_EQ(Requantize(-1, half, 0, {}), 0);
  EXPECT_EQ(Requantize(-3, half, 0, {}), -2);
  EXPECT_EQ(Requantize(5, half, 10, {}), 12);
}

TEST(Requantize, SaturatesAndClamps) {
  const Requantizer one = MakeRequantizer(1.0F);
  EXPECT_EQ(Requantize(1000, one, 0, {}), 127);
  EXPECT_EQ(Requantize(-1000, one, 0, {}), -128);
  EXPECT_EQ(Requantize(50, one, 0, {0, 40}), 40);
  EXPECT_EQ(Requantize(INT32_MAX, MakeRequantizer(1e9F), 0, {}), 127);
  EXPECT_EQ(Requantize(INT32_MIN, MakeRequantizer(1e9F), 0, {}), -128);
}

// ONNX Runtime computes float(acc) * M and rounds to nearest even; below 2^24 float(acc) is exact.
TEST(Scale, EqualsTheFloatPathOnRandomAndTieRichSamples) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2'000'000; ++i) {
    const auto acc = static_cast<int32_t>(random() % (1U << 24U)) - (1 << 23);
    float m = std::ldexp(1.0F + static_cast<float>(random() % 1000) / 1000.0F,
                         -static_cast<int>(random() % 24));
    if (i % 3 == 0) m = std::ldexp(1.0F, -static_cast<int>(random() % 20));  // Dyadic: many ties.
    const auto expected = static_cast<int32_t>(std::nearbyint(static_cast<float>(acc) * m));
    ASSERT_EQ(Scale(acc, MakeRequantizer(m)), expected) << acc << " * " << m;
  }
}

// Both roundings written down with exact 128-bit integers.
int64_t Oracle(int64_t acc, Requantizer r) {
  const auto round = [](__int128 x, int shift) {
    if (shift <= 0) return x << -shift;
    const __int128 unit = __int128{1} << shift;
    __int128 q = x / unit;
    const __int128 rest = x % unit;
    if (2 * rest > unit || (2 * rest == unit && q % 2 != 0)) ++q;
    return q;
  };
  __int128 product = __int128{acc < 0 ? -acc : acc} * r.mantissa;
  int excess = 0;
  while ((product >> excess) >= (1 << 24)) ++excess;
  product = round(product, excess);
  const __int128 result = round(product, std::min(r.shift - excess, 120));
  const __int128 limited = std::min<__int128>(result, acc < 0 ? __int128{1} << 31 : INT32_MAX);
  return static_cast<int64_t>(acc < 0 ? -limited : limited);
}

TEST(Scale, EqualsTheOracleForLargeAccumulators) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 300'000; ++i) {
    const auto acc = static_cast<int32_t>(random());
    const Requantizer r{static_cast<int32_t>((1U << 23U) + random() % (1U << 23U)),
                        static_cast<int32_t>(20 + random() % 35)};
    ASSERT_EQ(Scale(acc, r), Oracle(acc, r)) << acc << " " << r.mantissa << " " << r.shift;
  }
}

TEST(PairScale, OneRoundingOfBothProducts) {
  const PairRequantizer half = MakePairRequantizer(0.5, 0.5);
  EXPECT_EQ(Scale(1, 1, half), 1);  // Rounded separately it would be 0 + 0.
  EXPECT_EQ(Scale(1, 0, half), 0);  // Tie to even.
  EXPECT_EQ(Scale(1, 2, half), 2);  // 1.5 ties to 2.
  const PairRequantizer sub = MakePairRequantizer(1.0, -1.0);
  EXPECT_EQ(Scale(100, 30, sub), 70);
}

TEST(PairScale, CloseToTheRealSum) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 100'000; ++i) {
    const double ma = std::ldexp(1.0 + double(random() % 100) / 100, int(random() % 8) - 4);
    const double mb = std::ldexp(1.0 + double(random() % 100) / 100, int(random() % 8) - 4);
    const int a = int(random() % 511) - 255;
    const int b = int(random() % 511) - 255;
    EXPECT_NEAR(Scale(a, b, MakePairRequantizer(ma, mb)), a * ma + b * mb, 0.5 + 1e-5);
  }
}

TEST(RoundShift, ByHand) {
  EXPECT_EQ(RoundShift(5, 1), 2);
  EXPECT_EQ(RoundShift(7, 1), 4);
  EXPECT_EQ(RoundShift(-5, 1), -2);
  EXPECT_EQ(RoundShift(-6, 2), -2);
  EXPECT_EQ(RoundShift(9, 0), 9);
}

}  // namespace
}  // namespace imcc
