// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imcc {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ProgressLine, ABarWhereTheEndIsKnown) {
  EXPECT_EQ(ProgressLine("import-onnx", 0, 0, 5), "import-onnx       ");
  EXPECT_EQ(ProgressLine("calibrate", 100, 200, 0.5),
            "calibrate          [###############...............] 100/200");
}

TEST(ProgressLine, TheRestTakesAsLongAsTheStartDid) {
  EXPECT_THAT(ProgressLine("calibrate", 50, 200, 4), EndsWith("50/200, 12 s left"));
  EXPECT_THAT(ProgressLine("calibrate", 1, 100, 1), EndsWith("1/100, 1 min 39 s left"));
  EXPECT_THAT(ProgressLine("calibrate", 1, 1000, 10), EndsWith("1/1000, 2 h 46 min left"));
  EXPECT_THAT(ProgressLine("calibrate", 0, 100, 9), Not(HasSubstr("left")));
  EXPECT_THAT(ProgressLine("calibrate", 100, 100, 9), Not(HasSubstr("left")));
}

}  // namespace
}  // namespace imcc
