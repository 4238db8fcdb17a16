// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/lower_batch_norm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

TEST(LowerBatchNorm, BecomesDepthwiseConvolution) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 5, 3});
  g.Output(g.Add("y", OpKind::kBatchNorm, {x, g.Constant("s", {3}), g.Constant("t", {3})}));
  const Graph after = Rewritten(g.graph, LowerBatchNorm);
  ASSERT_THAT(Kinds(after), ElementsAre(OpKind::kConv));
  EXPECT_EQ(after.nodes[0].as<ConvAttributes>().groups, 3);
}

TEST(LowerBatchNorm, RowsOfFeaturesAreReshapedAroundIt) {
  SmallGraph g;
  const TensorId x = g.Input("x", {2, 3});
  g.Output(g.Add("y", OpKind::kBatchNorm, {x, g.Constant("s", {3}), g.Constant("t", {3})}));
  EXPECT_THAT(Kinds(Rewritten(g.graph, LowerBatchNorm)),
              ElementsAre(OpKind::kReshape, OpKind::kConv, OpKind::kReshape));
}

}  // namespace
}  // namespace imcc
