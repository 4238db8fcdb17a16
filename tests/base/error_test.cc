// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

TEST(Error, FormatsLikeACompiler) {
  const Error error{
      ErrorCode::kConfig,
      {.file = "n.yaml", .line = 3, .column = 5, .length = 4, .line_text = "    abcd"},
      "depth",
      "is wrong",
      "do this"};
  EXPECT_EQ(error.Format(),
            "n.yaml:3:5: error: depth: is wrong\n"
            "      abcd\n"
            "      ^~~~\n"
            "  hint: do this");
}

TEST(Error, HasOneExitCodePerKind) {
  EXPECT_EQ(ExitCode(ErrorCode::kUsage), 2);
  EXPECT_EQ(ExitCode(ErrorCode::kConfig), 3);
  EXPECT_EQ(ExitCode(ErrorCode::kModel), 4);
}

Result<int> Half(int x) {
  if (x % 2 != 0) return Error{ErrorCode::kData, {}, "", "odd", ""};
  return x / 2;
}

Result<int> Quarter(int x) {
  IMCC_ASSIGN(const int half, Half(x));
  return Half(half);
}

TEST(Result, CarriesErrorsUp) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).error().message, "odd");
  EXPECT_THROW((void)Quarter(6).value(), InternalError);
}

}  // namespace
}  // namespace imcc
