// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/share_links.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

TEST(ShareLinks, MaxMinFairByHand) {
  // A uses links 0 and 1, B link 0, C link 1: link 0 of 10 is halved, C takes what A leaves of 30.
  Transfer a{.links = {0, 1}}, b{.links = {0}}, c{.links = {1}};
  std::vector<Transfer*> all = {&a, &b, &c};
  ShareLinks(all, {10, 30});
  EXPECT_DOUBLE_EQ(a.rate, 5);
  EXPECT_DOUBLE_EQ(b.rate, 5);
  EXPECT_DOUBLE_EQ(c.rate, 25);
}

TEST(ShareLinks, ACapLeavesTheRestToOthers) {
  Transfer a{.links = {0}, .rate_cap = 2}, b{.links = {0}};
  std::vector<Transfer*> all = {&a, &b};
  ShareLinks(all, {10});
  EXPECT_DOUBLE_EQ(a.rate, 2);
  EXPECT_DOUBLE_EQ(b.rate, 8);
}

}  // namespace
}  // namespace imcc
