// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/network_arguments.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

using Dims = std::vector<int64_t>;

TEST(ParseInputShape, WithAndWithoutAName) {
  EXPECT_EQ(*ParseInputShape("1,3,224,224"), std::make_pair(std::string(), Dims{1, 3, 224, 224}));
  EXPECT_EQ(*ParseInputShape("1x3x8x9"), std::make_pair(std::string(), Dims{1, 3, 8, 9}));
  EXPECT_EQ(*ParseInputShape("data:1,4"), std::make_pair(std::string("data"), Dims{1, 4}));
  EXPECT_EQ(*ParseInputShape("x:0:7"), std::make_pair(std::string("x:0"), Dims{7}));
}

TEST(ParseInputShape, RefusesWhatIsNoShape) {
  for (const char* text :
       {"", "1,", ",1", "a", "1,0", "1,-3", "data:", "1.5", "1,99999999999999999999"})
    EXPECT_FALSE(ParseInputShape(text).ok()) << text;
}

}  // namespace
}  // namespace imcc
