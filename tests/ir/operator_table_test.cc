// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/operator_table.h"

#include <gtest/gtest.h>

#include <set>

#include "base/check.h"

namespace imcc {
namespace {

TEST(OperatorTable, EveryKindHasItsOwnRow) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(OpKind::kConvTranspose); ++i) {
    const OperatorInfo& info = Info(static_cast<OpKind>(i));
    EXPECT_EQ(info.kind, static_cast<OpKind>(i));
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_LE(1, info.min_inputs);
  }
}

TEST(OperatorTable, UnknownKindIsABug) {
  EXPECT_THROW(Info(static_cast<OpKind>(99)), InternalError);
}

}  // namespace
}  // namespace imcc
