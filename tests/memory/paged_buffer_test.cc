// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "memory/paged_buffer.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

/// Ten rows of 100 bytes: 4 to 8 in L2 while kernels 1 to 3 run, 8 and 9 reloaded for kernel 5, 0
/// to 4 and 8 to 10 in DDR.
PagedBuffer Sample() {
  return {.row_stride = 100,
          .l2 = {{.rows = {4, 8}, .kernels = {1, 4}, .address = {Region::kL2, 1000}},
                 {.rows = {8, 10},
                  .kernels = {5, 6},
                  .is_reload = true,
                  .address = {Region::kL2, 2000}}},
          .ddr = {{0, 4}, {8, 10}},
          .ddr_address = {Region::kDdr, 50}};
}

TEST(PagedBuffer, ReadsWhereRowsAreAtThatTime) {
  const PagedBuffer buffer = Sample();
  EXPECT_EQ(buffer.Read(5, 2).address, (Address{Region::kL2, 1100}));
  EXPECT_EQ(buffer.Read(5, 2).rows, 3);
  EXPECT_EQ(buffer.Read(1, 2).address, (Address{Region::kDdr, 150}));
  EXPECT_EQ(buffer.Read(1, 2).rows, 3);
  EXPECT_EQ(buffer.Read(8, 3).address, (Address{Region::kDdr, 850}));
  EXPECT_EQ(buffer.Read(8, 5).address, (Address{Region::kL2, 2000}));
  EXPECT_EQ(buffer.Read(5, 4).rows, 0);  // Gone.
}

TEST(PagedBuffer, WritesEverywhereThatLaterReadersLook) {
  PagedBuffer buffer = Sample();
  buffer.ddr = {{0, 6}};
  const std::vector<RowRun> first = buffer.Write(0, 1);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].rows, 4);  // From row 4 on there are two places.
  const std::vector<RowRun> both = buffer.Write(4, 1);
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].rows, 2);
  EXPECT_EQ(both[0].address, (Address{Region::kL2, 1000}));
  EXPECT_EQ(both[1].address, (Address{Region::kDdr, 450}));
  EXPECT_EQ(buffer.Write(6, 1).size(), 1U);
  EXPECT_TRUE(buffer.Write(8, 5).empty());  // A reload is copied, not written.
}

TEST(AddRows, JoinsWhatTouches) {
  std::vector<Interval<int64_t>> rows;
  AddRows(rows, {4, 6});
  AddRows(rows, {0, 2});
  AddRows(rows, {8, 8});
  EXPECT_EQ(rows, (std::vector<Interval<int64_t>>{{0, 2}, {4, 6}}));
  AddRows(rows, {2, 4});
  EXPECT_EQ(rows, (std::vector<Interval<int64_t>>{{0, 6}}));
}

}  // namespace
}  // namespace imcc
