// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "offsets/buffer_csv.h"

#include <gtest/gtest.h>

#include <random>

namespace imcc {
namespace {

TEST(BufferCsv, ReadsMiniMallocsFormat) {
  const auto table = ParseBufferCsv("id,lower,upper,size\nb1,0,3,4\nb2,-3,9,5\n", "x.csv");
  ASSERT_TRUE(table.ok()) << table.error().Format();
  EXPECT_EQ(table->ids, (std::vector<std::string>{"b1", "b2"}));
  EXPECT_EQ(table->buffers[1].life, (Interval<int64_t>{-3, 9}));
  EXPECT_EQ(table->buffers[1].size, Bytes(5));
  EXPECT_EQ(table->buffers[1].alignment, Bytes(1));
  EXPECT_FALSE(table->offsets);
}

TEST(BufferCsv, ColumnsInAnyOrderBlanksAndWindowsLineEnds) {
  const auto table = ParseBufferCsv(
      "\xEF\xBB\xBFsize, alignment,id,upper,lower,offset\r\n\r\n4,64, a b ,3,0,128\r\n", "x.csv");
  ASSERT_TRUE(table.ok()) << table.error().Format();
  EXPECT_EQ(table->ids[0], "a b");
  EXPECT_EQ(table->buffers[0].alignment, Bytes(64));
  EXPECT_EQ((*table->offsets)[0], Bytes(128));
}

TEST(BufferCsv, WritesWhatItReads) {
  const std::string with_offsets = "id,lower,upper,size,offset\nb1,0,3,4,8\nb2,3,9,4,0\n";
  const auto table = ParseBufferCsv(with_offsets, "x.csv");
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(WriteBufferCsv(*table, *table->offsets), with_offsets);
  const std::string aligned = "id,lower,upper,size,alignment,offset\nb1,0,3,4,2,8\n";
  const auto again = ParseBufferCsv(aligned, "x.csv");
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(WriteBufferCsv(*again, *again->offsets), aligned);
}

struct Mistake {
  std::string text;
  int line;
  const char* message;
};

TEST(BufferCsv, MistakesHaveTheirPlaceAndAHint) {
  const std::string header = "id,lower,upper,size\n";
  const Mistake mistakes[] = {
      {"", 0, "empty"},
      {"\n\n", 2, "empty"},
      {"1,0,3,4\n", 1, "\"1\" is not known"},
      {"id,lower,upper\n", 1, "no column \"size\""},
      {"id,lower,uper,size\n", 1, "\"uper\" is not known"},
      {"id,lower,upper,size,size\n", 1, "twice"},
      {"id,lower,upper,size,gaps\n", 1, "\"gaps\" is not known"},
      {header + "1,0,3\n", 2, "3 fields"},
      {header + "1,0,3,4,5\n", 2, "5 fields"},
      {header + "1,0,3,4\n\n2,0,3,x\n", 4, "size is \"x\""},
      {header + "1,0,3,4.5\n", 2, "not an integer"},
      {header + "1,0,3,\n", 2, "not an integer"},
      {header + "1,0,3,99999999999999999999\n", 2, "not an integer of 64 bits"},
      {header + "1,0,3,9223372036854775807\n", 2, "2^60"},
      {header + "1,0,3,1152921504606846976\n", 2, "in sum"},
      {header + "1,3,3,4\n", 2, "lower 3 is not below upper 3"},
      {header + "1,4,3,4\n", 2, "not below"},
      {header + "1,0,3,-4\n", 2, "size -4 is negative"},
      {"id,lower,upper,size,alignment\n1,0,3,4,0\n", 2, "alignment 0"},
      {"id,lower,upper,size,offset\n1,0,3,4,-1\n", 2, "offset -1"},
  };
  for (const Mistake& mistake : mistakes) {
    const auto table = ParseBufferCsv(mistake.text, "x.csv");
    ASSERT_FALSE(table.ok()) << mistake.text;
    const Error& error = table.error();
    EXPECT_EQ(error.code, ErrorCode::kData);
    EXPECT_EQ(error.place.file, "x.csv");
    EXPECT_EQ(error.place.line, mistake.line) << mistake.text;
    EXPECT_NE(error.message.find(mistake.message), std::string::npos) << error.Format();
    EXPECT_FALSE(error.hint.empty()) << error.Format();
  }
}

TEST(BufferCsv, PointsAtTheField) {
  const auto table = ParseBufferCsv("id,lower,upper,size\nb1,0, 3x,4\n", "x.csv");
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().place.column, 7);
  EXPECT_EQ(table.error().place.length, 2);
}

TEST(BufferCsv, RandomBytesNeverCrash) {
  std::mt19937_64 random(1);
  const std::string good = "id,lower,upper,size,alignment\nb1,0,3,4,1\nb2,3,9,4,64\n";
  for (int round = 0; round < 5000; ++round) {
    std::string text = good;
    for (uint64_t change = 0; change <= random() % 4; ++change)
      text[random() % text.size()] = static_cast<char>(random());
    const auto table = ParseBufferCsv(text, "x.csv");
    if (table.ok())
      EXPECT_TRUE(CheckPlaceables(table->buffers).ok());
    else
      EXPECT_FALSE(table.error().Format().empty());
  }
}

}  // namespace
}  // namespace imcc
