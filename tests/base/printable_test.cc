// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

TEST(Printable, EscapesWhatSteersATerminal) {
  EXPECT_EQ(Printable("\033[2J"), "\\u001b[2J");
  EXPECT_EQ(Printable("a\rb\bc\x7f"), "a\\u000db\\u0008c\\u007f");
  EXPECT_EQ(Printable(std::string_view("\0", 1)), "\\u0000");
  EXPECT_EQ(Printable("\xc2\x9b"
                      "31m"),
            "\\u009b31m")
      << "C1 as UTF-8";
  EXPECT_EQ(Printable("\x9b"
                      "31m"),
            "\\u009b31m")
      << "C1 as a bare byte";
}

TEST(Printable, KeepsText) {
  const std::string text = "rows\tand\ncolumns: \xc3\xa4 \xe2\x82\xac \xf0\x9f\x99\x82";
  EXPECT_EQ(Printable(text), text);
  EXPECT_EQ(Printable("\xff\xe2\x82"), "\xff\xe2\\u0082") << "no UTF-8";
}

}  // namespace
}  // namespace imcc
