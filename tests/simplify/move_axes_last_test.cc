// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/move_axes_last.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;
using Kind = ReduceAttributes::Kind;

std::vector<OpKind> After(OpKind kind, Shape shape, Attributes attributes) {
  SmallGraph g;
  g.Output(g.Add("y", kind, {g.Input("x", std::move(shape))}, std::move(attributes)));
  return Kinds(Rewritten(g.graph, MoveAxesLast));
}

TEST(MoveAxesLast, SoftmaxGoesThereAndBack) {
  EXPECT_THAT(After(OpKind::kSoftmax, {1, 4, 5, 3}, SoftmaxAttributes{1}),
              ElementsAre(OpKind::kTranspose, OpKind::kSoftmax, OpKind::kTranspose));
}

TEST(MoveAxesLast, OneAxisIsReducedWhereItEndsUp) {
  EXPECT_THAT(After(OpKind::kArgMax, {2, 3, 4}, ArgMaxAttributes{0, false, true}),
              ElementsAre(OpKind::kTranspose, OpKind::kArgMax, OpKind::kReshape));
  EXPECT_THAT(After(OpKind::kReduce, {1, 4, 5, 3}, ReduceAttributes{Kind::kMin, 1, 2}),
              ElementsAre(OpKind::kTranspose, OpKind::kReduce, OpKind::kReshape));
}

TEST(MoveAxesLast, SeveralAxesBecomeOne) {
  EXPECT_THAT(After(OpKind::kReduce, {2, 4, 5, 3}, ReduceAttributes{Kind::kMin, 1, 3}),
              ElementsAre(OpKind::kTranspose, OpKind::kReshape, OpKind::kReduce, OpKind::kReshape));
  EXPECT_THAT(After(OpKind::kReduce, {1, 4, 5, 3}, ReduceAttributes{Kind::kMean, 1, 4}),
              ElementsAre(OpKind::kTranspose, OpKind::kReshape, OpKind::kReduce, OpKind::kReshape));
}

TEST(MoveAxesLast, NotWhatIsLastOrBecomesPooling) {
  EXPECT_THAT(After(OpKind::kSoftmax, {1, 4, 5, 3}, SoftmaxAttributes{3}),
              ElementsAre(OpKind::kSoftmax));
  EXPECT_THAT(After(OpKind::kReduce, {1, 4, 5, 3}, ReduceAttributes{Kind::kMean, 1, 3}),
              ElementsAre(OpKind::kReduce));
}

}  // namespace
}  // namespace imcc
