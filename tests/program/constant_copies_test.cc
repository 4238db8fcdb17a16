// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "program/constant_copies.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

using Bytes8 = std::vector<uint8_t>;

/// Ten constants 1..10 in DDR from 100 on.
Program Constants() {
  Program program;
  program.segments = {{"weights", {Region::kDdr, 100}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}};
  return program;
}

DmaTask Copy(Address from, Address to, uint32_t run) {
  return {.source = from, .destination = to, .run = run};
}

TEST(ConstantCopies, ConstantsStandWhereTheFilePutsThem) {
  const Program program = Constants();
  const ConstantCopies copies(program);
  EXPECT_EQ(copies.HomeOf({Region::kDdr, 104}), (Address{Region::kDdr, 104}));
  EXPECT_FALSE(copies.HomeOf({Region::kDdr, 110}).has_value());
  EXPECT_FALSE(copies.HomeOf({Region::kL2, 104}).has_value());
  EXPECT_EQ(copies.Read({Region::kDdr, 98}, 4), (Bytes8{0, 0, 1, 2}));
}

TEST(ConstantCopies, FollowsACopyOfACopy) {
  const Program program = Constants();
  ConstantCopies copies(program);
  copies.Apply(Copy({Region::kDdr, 100}, {Region::kL2, 0}, 10));
  copies.Apply(Copy({Region::kL2, 4}, {Region::kL1, 50}, 3));
  EXPECT_EQ(copies.HomeOf({Region::kL1, 51}), (Address{Region::kDdr, 105}));
  EXPECT_EQ(copies.Read({Region::kL1, 49}, 5), (Bytes8{0, 5, 6, 7, 0}));
}

TEST(ConstantCopies, ALaterCopyReplacesTheMiddleOfAnEarlierOne) {
  const Program program = Constants();
  ConstantCopies copies(program);
  copies.Apply(Copy({Region::kDdr, 100}, {Region::kL1, 0}, 6));
  copies.Apply(Copy({Region::kDdr, 108}, {Region::kL1, 2}, 2));
  EXPECT_EQ(copies.Read({Region::kL1, 0}, 6), (Bytes8{1, 2, 9, 10, 5, 6}));
  EXPECT_EQ(copies.HomeOf({Region::kL1, 4}), (Address{Region::kDdr, 104}));
}

TEST(ConstantCopies, FollowsStrides) {
  const Program program = Constants();
  ConstantCopies copies(program);
  copies.Apply({.source = {Region::kDdr, 100},
                .destination = {Region::kL1, 0},
                .run = 2,
                .count0 = 2,
                .source_stride0 = 4,
                .destination_stride0 = 2,
                .count1 = 2,
                .source_stride1 = 2,
                .destination_stride1 = 4});
  EXPECT_EQ(copies.Read({Region::kL1, 0}, 8), (Bytes8{1, 2, 5, 6, 3, 4, 7, 8}));
}

TEST(ConstantCopies, IgnoresWhatIsNoConstant) {
  const Program program = Constants();
  ConstantCopies copies(program);
  copies.Apply(Copy({Region::kDdr, 0}, {Region::kL1, 0}, 100));
  EXPECT_FALSE(copies.HomeOf({Region::kL1, 0}).has_value());
}

}  // namespace
}  // namespace imcc
