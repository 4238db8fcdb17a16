// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "report/text_table.h"

#include <gtest/gtest.h>

#include "report/human.h"

namespace imcc {
namespace {

TextTable ThreeColumns() {
  TextTable table({{.title = "name", .min_width = 6},
                   {.title = "n", .align = TextTable::Align::kRight},
                   {.title = "extra", .optional = true}});
  table.AddRow({"backbone/stage1/conv", "12", "x"});
  table.AddRow({"a", "3", "yyyyyyyy"});
  return table;
}

TEST(TextTable, AlignsColumns) {
  EXPECT_EQ(ThreeColumns().Render(80),
            "name                   n  extra\n"
            "----------------------------------\n"
            "backbone/stage1/conv  12  x\n"
            "a                      3  yyyyyyyy\n");
}

TEST(TextTable, CutsNamesBeforeItLeavesColumnsOut) {
  EXPECT_EQ(ThreeColumns().Render(24),
            "name         n  extra\n"
            "------------------------\n"
            "back..conv  12  x\n"
            "a            3  yyyyyyyy\n");
  EXPECT_EQ(ThreeColumns().Render(10),
            "name     n\n"
            "----------\n"
            "ba..nv  12\n"
            "a        3\n");
}

TEST(TextTable, AbbreviateKeepsBothEnds) {
  EXPECT_EQ(Abbreviate("abcdefgh", 8), "abcdefgh");
  EXPECT_EQ(Abbreviate("abcdefgh", 7), "abc..gh");
  EXPECT_EQ(Abbreviate("abcdefgh", 2), "ab");
}

TEST(Human, Quantities) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1234567), "1,234,567");
  EXPECT_EQ(Grouped(-123456), "-123,456");
  EXPECT_EQ(HumanBytes(Bytes(1023)), "1023 B");
  EXPECT_EQ(HumanBytes(Bytes(1536)), "1.5 KiB");
  EXPECT_EQ(HumanBytes(Bytes(int64_t{5} << 40)), "5120.0 GiB");
  EXPECT_EQ(HumanCount(41000000), "41.0 M");
  EXPECT_EQ(HumanSeconds(12.34e-6), "12.3 us");
  EXPECT_EQ(HumanSeconds(1.5e-3), "1.500 ms");
  EXPECT_EQ(HumanSeconds(2.5), "2.50 s");
  EXPECT_EQ(HumanRate(1234.4), "1,234");
  EXPECT_EQ(HumanPercent(0.8125), "81.2 %");
  EXPECT_EQ(Share(1, 0), 0);
}

}  // namespace
}  // namespace imcc
