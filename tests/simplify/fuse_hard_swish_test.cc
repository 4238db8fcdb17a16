// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fuse_hard_swish.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

class FuseHardSwishTest : public ::testing::Test {
 protected:
  FuseHardSwishTest() {
    x_ = g_.Input("x", {1, 4, 5, 2});
    three_ = g_.Constant("three", Shape{}, {3});
    sixth_ = g_.Constant("sixth", Shape{}, {1.0F / 6});
    clip_ = g_.Unary("clip", g_.Add("plus3", OpKind::kAdd, {x_, three_}), {UnaryKind::kClip, 0, 6});
  }
  void ExpectHardSwish() {
    const Graph after = Rewritten(g_.graph, FuseHardSwish);
    ASSERT_THAT(Kinds(after), ElementsAre(OpKind::kUnary)) << Dump(after);
    EXPECT_EQ(after.nodes[0].as<UnaryAttributes>().function.kind, UnaryKind::kHardSwish);
  }
  SmallGraph g_;
  TensorId x_, three_, sixth_, clip_;
};

TEST_F(FuseHardSwishTest, DividesLast) {
  const TensorId product = g_.Add("product", OpKind::kMul, {x_, clip_});
  g_.Output(g_.Add("y", OpKind::kMul, {product, sixth_}));
  ExpectHardSwish();
}
TEST_F(FuseHardSwishTest, DividesFirst) {
  const TensorId gate = g_.Add("gate", OpKind::kMul, {sixth_, clip_});
  g_.Output(g_.Add("y", OpKind::kMul, {gate, x_}));
  ExpectHardSwish();
}
TEST_F(FuseHardSwishTest, TakesHardSigmoid) {
  const TensorId gate = g_.Unary("gate", x_, {UnaryKind::kHardSigmoid, 1.0 / 6, 0.5});
  g_.Output(g_.Add("y", OpKind::kMul, {gate, x_}));
  ExpectHardSwish();
}
TEST_F(FuseHardSwishTest, LeavesOtherSlopes) {
  const TensorId gate = g_.Unary("gate", x_, {UnaryKind::kHardSigmoid, 0.2, 0.5});
  g_.Output(g_.Add("y", OpKind::kMul, {gate, x_}));
  EXPECT_EQ(Rewritten(g_.graph, FuseHardSwish).nodes.back().kind, OpKind::kMul);
}

}  // namespace
}  // namespace imcc
