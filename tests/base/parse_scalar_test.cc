// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/parse_scalar.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

TEST(ParseScalar, ReadsDecimalIntegersOnly) {
  EXPECT_EQ(ParseInteger("0"), 0);
  EXPECT_EQ(ParseInteger("-17"), -17);
  EXPECT_EQ(ParseInteger("+17"), 17);
  EXPECT_EQ(ParseInteger("9223372036854775807"), INT64_MAX);
  for (const char* text : {"", "010", "-01", "0x10", "1e3", "1.0", " 1", "1 ",
                           "9223372036854775808", "+-1", "++1", "1_000"})
    EXPECT_EQ(ParseInteger(text), std::nullopt) << text;
}

TEST(ParseScalar, ReadsFiniteNumbers) {
  EXPECT_EQ(ParseNumber("0.485"), 0.485);
  EXPECT_EQ(ParseNumber("1e-3"), 1e-3);
  EXPECT_EQ(ParseNumber("-0.5"), -0.5);
  for (const char* text : {"", "nan", "inf", ".nan", "1e999", "00.5", "1.2.3", "abc"})
    EXPECT_EQ(ParseNumber(text), std::nullopt) << text;
}

TEST(ParseScalar, ReadsYaml12Booleans) {
  EXPECT_EQ(ParseBool("True"), true);
  EXPECT_EQ(ParseBool("false"), false);
  for (const char* text : {"yes", "on", "1", "", "tRue"}) EXPECT_EQ(ParseBool(text), std::nullopt);
}

}  // namespace
}  // namespace imcc
