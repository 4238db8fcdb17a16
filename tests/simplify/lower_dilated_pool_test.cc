// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/lower_dilated_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

std::vector<OpKind> After(const Window& window, bool count_include_pad) {
  SmallGraph g;
  g.Output(g.Add("y", OpKind::kAveragePool, {g.Input("x", {1, 9, 8, 3})},
                 PoolAttributes{window, count_include_pad}));
  return Kinds(Rewritten(g.graph, LowerDilatedPool));
}

const Window kDilated{
    .kernel_h = 3, .kernel_w = 2, .stride_h = 2, .dilation_h = 2, .dilation_w = 3};

TEST(LowerDilatedPool, IsADepthwiseConvolution) {
  EXPECT_THAT(After(kDilated, false), ElementsAre(OpKind::kConv));
}

TEST(LowerDilatedPool, CountsPaddingOrMakesUpForIt) {
  Window window = kDilated;
  window.padding = {.top = 2, .left = 1, .bottom = 1, .right = 3};
  EXPECT_THAT(After(window, true), ElementsAre(OpKind::kConv));
  EXPECT_THAT(After(window, false), ElementsAre(OpKind::kConv, OpKind::kMul));
}

TEST(LowerDilatedPool, NotWhatTheUnitCanDo) {
  EXPECT_THAT(After({.kernel_h = 3, .kernel_w = 2}, false), ElementsAre(OpKind::kAveragePool));
}

}  // namespace
}  // namespace imcc
