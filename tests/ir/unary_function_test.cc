// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/unary_function.h"

#include <gtest/gtest.h>

#include <cmath>

namespace imcc {
namespace {

TEST(UnaryFunction, HandWorkedValues) {
  EXPECT_EQ(Evaluate({UnaryKind::kIdentity}, -3.5), -3.5);
  EXPECT_EQ(Evaluate({UnaryKind::kRelu}, -1), 0);
  EXPECT_EQ(Evaluate({UnaryKind::kClip, 0, 6}, 7), 6);
  EXPECT_EQ(Evaluate({UnaryKind::kClip, -1, 6}, -7), -1);
  EXPECT_EQ(Evaluate({UnaryKind::kLeakyRelu, 0.25}, -8), -2);
  EXPECT_EQ(Evaluate({UnaryKind::kSigmoid}, 0), 0.5);
  EXPECT_NEAR(Evaluate({UnaryKind::kSigmoid}, 1), 0.731058578630005, 1e-15);
  EXPECT_NEAR(Evaluate({UnaryKind::kTanh}, 0.5), 0.46211715726000973, 1e-15);
  EXPECT_EQ(Evaluate({UnaryKind::kHardSigmoid, 0.25, 0.5}, 1), 0.75);
  EXPECT_EQ(Evaluate({UnaryKind::kHardSwish}, 3), 3);
  EXPECT_EQ(Evaluate({UnaryKind::kHardSwish}, -3), 0);
  EXPECT_NEAR(Evaluate({UnaryKind::kHardSwish}, 1), 2.0 / 3, 1e-15);
  EXPECT_NEAR(Evaluate({UnaryKind::kSilu}, 1), 0.731058578630005, 1e-15);
}

TEST(UnaryFunction, SaturatesInsteadOfOverflowing) {
  EXPECT_EQ(Evaluate({UnaryKind::kSigmoid}, -1000), 0);
  EXPECT_EQ(Evaluate({UnaryKind::kSilu}, -1000), 0);
  EXPECT_EQ(Evaluate({UnaryKind::kTanh}, 1000), 1);
}

TEST(UnaryFunction, OnlySaturationsAreClamps) {
  EXPECT_TRUE(IsClamp(UnaryKind::kRelu));
  EXPECT_TRUE(IsClamp(UnaryKind::kClip));
  EXPECT_FALSE(IsClamp(UnaryKind::kLeakyRelu));
  EXPECT_FALSE(IsClamp(UnaryKind::kHardSigmoid));
}

TEST(UnaryFunction, Prints) {
  EXPECT_EQ(ToString({UnaryKind::kClip, 0, 6}), "Clip(0, 6)");
  EXPECT_EQ(ToString({UnaryKind::kLeakyRelu, 0.5}), "LeakyRelu(0.5)");
}

}  // namespace
}  // namespace imcc
