// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "numerics/int8_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace imcc {
namespace {

/// Every set this CPU runs.
std::vector<KernelSet> Sets() {
  std::vector<KernelSet> sets = {KernelSet::kScalar};
  if (BestKernelSet() >= KernelSet::kAvx2) sets.push_back(KernelSet::kAvx2);
  if (BestKernelSet() >= KernelSet::kAvx512Vnni) sets.push_back(KernelSet::kAvx512Vnni);
  return sets;
}

std::vector<int8_t> RandomBytes(std::mt19937& random, int64_t count) {
  std::vector<int8_t> bytes(static_cast<size_t>(count));
  for (int8_t& byte : bytes) byte = static_cast<int8_t>(random() & 0xffU);
  return bytes;
}

TEST(GemmInt8, TwoByTwoByHand) {
  const std::vector<int8_t> a = {1, 2, -3, 4};
  const std::vector<int8_t> b = {5, -6, 7, 8};
  for (const KernelSet set : Sets()) {
    std::vector<int32_t> c = {100, 0, 0, 0};
    GemmInt8({.m = 2,
              .n = 2,
              .k = 2,
              .a = a.data(),
              .lda = 2,
              .b = b.data(),
              .ldb = 2,
              .c = c.data(),
              .ldc = 2,
              .accumulate = true},
             set);
    EXPECT_EQ(c, (std::vector<int32_t>{93, 23, -39, 11})) << Name(set);
  }
}

TEST(GemmInt8, EverySetEqualsScalarOnRandomShapes) {
  std::mt19937 random(1);
  for (int round = 0; round < 150; ++round) {
    const auto m = static_cast<int64_t>(1 + random() % 40);
    const auto n = static_cast<int64_t>(1 + random() % 70);
    const auto k = static_cast<int64_t>(1 + random() % 600);
    const std::vector<int8_t> a = RandomBytes(random, m * (k + 3));
    const std::vector<int8_t> b = RandomBytes(random, n * (k + 5));
    std::vector<int32_t> expected;
    for (const KernelSet set : Sets()) {
      std::vector<int32_t> c(static_cast<size_t>(m * (n + 2)), 7);
      GemmInt8({.m = m,
                .n = n,
                .k = k,
                .a = a.data(),
                .lda = k + 3,
                .b = b.data(),
                .ldb = k + 5,
                .c = c.data(),
                .ldc = n + 2,
                .accumulate = round % 2 == 1},
               set);
      if (expected.empty()) expected = c;
      ASSERT_EQ(c, expected) << Name(set) << " " << m << "x" << n << "x" << k;
    }
  }
}

TEST(GemmInt8, ExtremesDoNotSaturate) {
  const int64_t k = 512;
  const std::vector<int8_t> a(k, -128);
  const std::vector<int8_t> b(k, -128);
  for (const KernelSet set : Sets()) {
    int32_t c = 0;
    GemmInt8({.m = 1,
              .n = 1,
              .k = k,
              .a = a.data(),
              .lda = k,
              .b = b.data(),
              .ldb = k,
              .c = &c,
              .ldc = 1},
             set);
    EXPECT_EQ(c, 512 * 16384) << Name(set);
  }
}

TEST(RequantizeRow, EverySetEqualsScalar) {
  std::mt19937 random(2);
  for (int round = 0; round < 2000; ++round) {
    const auto n = static_cast<int64_t>(1 + random() % 40);
    std::vector<int32_t> acc, bias;
    std::vector<uint32_t> requantizers;
    for (int64_t i = 0; i < n; ++i) {
      acc.push_back(static_cast<int32_t>(random()) >> (random() % 24));
      if (random() % 100 == 0) acc.back() = INT32_MIN;
      bias.push_back(static_cast<int32_t>(random() % 10000) - 5000);
      const float m = std::ldexp(1.0F + static_cast<float>(random() % 64) / 64.0F,
                                 -static_cast<int>(random() % 26));
      requantizers.push_back(Pack(MakeRequantizer(random() % 50 == 0 ? 0.0F : m)));
    }
    const auto zero = static_cast<int32_t>(random() % 256) - 128;
    const ClampRange range{static_cast<int8_t>(-static_cast<int>(random() % 128)), 100};
    std::vector<int8_t> expected;
    for (const KernelSet set : Sets()) {
      std::vector<int8_t> out(static_cast<size_t>(n));
      RequantizeRow(acc.data(), bias.data(), requantizers.data(), n, zero, range, out.data(), set);
      if (expected.empty()) expected = out;
      ASSERT_EQ(out, expected) << Name(set);
    }
  }
}

TEST(MultiplyAccumulateRow, EverySetEqualsScalar) {
  std::mt19937 random(3);
  for (int64_t n = 1; n < 70; ++n) {
    const std::vector<int8_t> x = RandomBytes(random, n);
    const std::vector<int8_t> w = RandomBytes(random, n);
    std::vector<int32_t> expected;
    for (const KernelSet set : Sets()) {
      std::vector<int32_t> acc(static_cast<size_t>(n), 5);
      MultiplyAccumulateRow(x.data(), w.data(), n, acc.data(), set);
      if (expected.empty()) expected = acc;
      ASSERT_EQ(acc, expected) << Name(set);
    }
  }
}

}  // namespace
}  // namespace imcc
