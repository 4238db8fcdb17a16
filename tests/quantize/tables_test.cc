// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/tables.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace imcc {
namespace {

TEST(MakeTable, IdentityBetweenEqualScalesChangesNothing) {
  const Quantization q{{0.1F}, {7}};
  const QTable table = MakeTable({}, q, q);
  for (int x = -128; x < 128; ++x) EXPECT_EQ(table.table[static_cast<size_t>(x + 128)], x);
}

TEST(MakeTable, SigmoidIsTheExactFunctionRounded) {
  const Quantization from{{1.0F / 16}, {0}};
  const Quantization to{{1.0F / 256}, {-128}};
  const QTable table = MakeTable({.kind = UnaryKind::kSigmoid}, from, to);
  for (int x = -128; x < 128; ++x) {
    const double y = std::min(256 / (1 + std::exp(-x / 16.0)) - 128, 127.0);
    EXPECT_NEAR(table.table[static_cast<size_t>(x + 128)], y, 0.5 + 1e-9) << x;
  }
  EXPECT_EQ(table.table[128], 0);
}

TEST(MakeTable, SaturatesAndRoundsHalfToEven) {
  const QTable table = MakeTable({}, {{0.5F}, {0}}, {{1.0F}, {100}});
  EXPECT_EQ(table.table[128 + 1], 100);  // 0.5 -> 0.
  EXPECT_EQ(table.table[128 + 3], 102);  // 1.5 -> 2.
  EXPECT_EQ(table.table[255], 127);
}

TEST(MakeClampRange, OfFusedActivations) {
  const Quantization q{{0.1F}, {-20}};
  EXPECT_EQ(MakeClampRange({}, q), (ClampRange{-128, 127}));
  EXPECT_EQ(MakeClampRange({.kind = UnaryKind::kRelu}, q), (ClampRange{-20, 127}));
  EXPECT_EQ(MakeClampRange({.kind = UnaryKind::kClip, .alpha = 0, .beta = 6}, q),
            (ClampRange{-20, 40}));
  EXPECT_EQ(MakeClampRange({.kind = UnaryKind::kClip, .alpha = -1e9, .beta = 1e9}, q),
            (ClampRange{-128, 127}));
}

}  // namespace
}  // namespace imcc
