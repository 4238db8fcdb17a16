// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/budget.h"

#include <gtest/gtest.h>

#include "support/targets.h"

namespace imcc {
namespace {

// DESIGN: L2 = (32 MiB - 1,245,184) - cores * reservation.
TEST(BudgetOf, ReservationAndShareComeOff) {
  CompilationOptions options;
  options.elf_in_ddr = false;
  options.l2_reserved_nbytes_tasklist = Bytes(1048576);
  const Target target = testing::ReadTarget("quad512");
  EXPECT_EQ(BudgetOf(target, options).l2, Bytes(33554432 - 1245184 - 1048576));
  EXPECT_EQ(BudgetOf(target, {}).l1, Bytes(4194304 - 524288));
  options = {};
  options.resources_used = 0.25;
  EXPECT_EQ(BudgetOf(target, options).l2, Bytes((33554432 - 1245184) / 4));
  options.l2_constraint = Bytes(1000);
  EXPECT_EQ(BudgetOf(target, options).l2, Bytes(1000));
}

}  // namespace
}  // namespace imcc
