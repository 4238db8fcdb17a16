// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "schedule/gather_copies.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace imcc {
namespace {

constexpr Address kFrom{Region::kL1, 1000};
constexpr Address kTo{Region::kL1, 5000};

TEST(CopyGatherer, ContiguousBytesAreOneRun) {
  CopyGatherer gatherer;
  for (int64_t i = 0; i < 100; ++i) gatherer.Add(Plus(kFrom, i), Plus(kTo, i));
  const std::vector<DmaTask> copies = gatherer.Finish();
  ASSERT_EQ(copies.size(), 1U);
  EXPECT_EQ(copies[0].run, 100U);
  EXPECT_EQ(copies[0].count0, 1);
}

TEST(CopyGatherer, TransposeOfAMatrixIsOneCopy) {
  CopyGatherer gatherer;  // 3 rows of 5 bytes become 5 rows of 3.
  for (int64_t i = 0; i < 15; ++i) gatherer.Add(Plus(kFrom, i % 3 * 5 + i / 3), Plus(kTo, i));
  const std::vector<DmaTask> copies = gatherer.Finish();
  ASSERT_EQ(copies.size(), 1U);
  EXPECT_EQ(copies[0], (DmaTask{.source = kFrom,
                                .destination = kTo,
                                .run = 1,
                                .count0 = 3,
                                .source_stride0 = 5,
                                .destination_stride0 = 1,
                                .count1 = 5,
                                .source_stride1 = 1,
                                .destination_stride1 = 3}));
}

TEST(CopyGatherer, BackwardsIsANegativeStride) {
  CopyGatherer gatherer;
  for (int64_t i = 0; i < 9; ++i) gatherer.Add(Plus(kFrom, -i), Plus(kTo, i));
  const std::vector<DmaTask> copies = gatherer.Finish();
  ASSERT_EQ(copies.size(), 1U);
  EXPECT_EQ(copies[0].source_stride0, -1);
}

/// Executes copies on a map of destination to source.
std::map<uint64_t, uint64_t> Bytes(const std::vector<DmaTask>& copies) {
  std::map<uint64_t, uint64_t> bytes;
  for (const DmaTask& t : copies)
    for (int64_t i1 = 0; i1 < t.count1; ++i1)
      for (int64_t i0 = 0; i0 < t.count0; ++i0)
        for (int64_t i = 0; i < t.run; ++i)
          bytes[Plus(t.destination, i1 * t.destination_stride1 + i0 * t.destination_stride0 + i)
                    .offset] =
              Plus(t.source, i1 * t.source_stride1 + i0 * t.source_stride0 + i).offset;
  return bytes;
}

// Steps drawn from a few values make runs, planes and breaks of both.
TEST(CopyGatherer, EveryByteArrivesOnce) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    std::mt19937_64 random(seed);
    CopyGatherer gatherer;
    std::map<uint64_t, uint64_t> expected;
    int64_t from = 500;
    int64_t to = 0;
    for (int i = 0; i < 300; ++i) {
      gatherer.Add(Plus(kFrom, from), Plus(kTo, to));
      expected[Plus(kTo, to).offset] = Plus(kFrom, from).offset;
      from += std::array<int64_t, 5>{1, 1, 1, 4, -3}[random() % (seed % 5 + 1)];
      to += std::array<int64_t, 3>{1, 1, 9}[random() % 3];
    }
    const std::vector<DmaTask> copies = gatherer.Finish();
    int64_t bytes = 0;
    for (const DmaTask& copy : copies) bytes += copy.bytes();
    ASSERT_EQ(bytes, 300);
    ASSERT_EQ(Bytes(copies), expected);
  }
}

// A count is 16 bits.
TEST(CopyGatherer, LongSeriesAreCut) {
  CopyGatherer gatherer;
  for (int64_t i = 0; i < 70000; ++i) gatherer.Add(Plus(kFrom, i * 2), Plus(kTo, i));
  EXPECT_EQ(Bytes(gatherer.Finish()).size(), 70000U);
}

}  // namespace
}  // namespace imcc
