// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/files.h"

namespace imcc::testing {

/// Compares a text with the .expected file beside `input`; IMCC_BLESS=1 writes that file instead.
inline void ExpectGolden(const std::filesystem::path& input, const std::string& actual) {
  constexpr Bytes kMaxGolden(1 << 20);
  std::filesystem::path golden = input;
  golden.replace_extension(".expected");
  if (std::getenv("IMCC_BLESS") != nullptr) {
    ASSERT_TRUE(WriteFile(golden.string(), actual).ok());
    return;
  }
  const auto expected = ReadFile(golden.string(), kMaxGolden);
  ASSERT_TRUE(expected.ok()) << golden << ": run with IMCC_BLESS=1";
  EXPECT_EQ(actual, *expected) << input << ": if the new text is better, run with IMCC_BLESS=1";
}

}  // namespace imcc::testing
