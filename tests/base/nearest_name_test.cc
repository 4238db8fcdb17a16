// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/nearest_name.h"

#include <gtest/gtest.h>

namespace imcc {
namespace {

TEST(NearestName, CountsEdits) {
  EXPECT_EQ(EditDistance("", "abc"), 3U);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3U);
  EXPECT_EQ(EditDistance("tiling", "tilnig"), 1U) << "a swap is one edit";
  EXPECT_EQ(EditDistance("RGB", "rgb"), 0U) << "case is ignored";
}

TEST(NearestName, SuggestsOnlyWhatIsNear) {
  const std::vector<std::string> names = {"page_memory", "tiling_depth", "enable_icr"};
  EXPECT_EQ(NearestName("tilling_dept", names), "tiling_depth");
  EXPECT_EQ(NearestName("banana", names), "");
  EXPECT_EQ(NearestName(std::string(100000, 'x'), names), "");
  EXPECT_EQ(DidYouMean("enable_irc", names), "did you mean \"enable_icr\"?");
}

TEST(Quote, EscapesAndCuts) {
  EXPECT_EQ(Quote("a\nb"), "\"a\\x0ab\"");
  EXPECT_EQ(Quote(std::string(70, 'x')), '"' + std::string(60, 'x') + "...\"");
}

}  // namespace
}  // namespace imcc
