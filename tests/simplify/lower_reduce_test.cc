// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/lower_reduce.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;
using Kind = ReduceAttributes::Kind;

std::vector<OpKind> After(Shape shape, Kind kind, int64_t begin, int64_t end) {
  SmallGraph g;
  g.Output(g.Add("y", OpKind::kReduce, {g.Input("x", std::move(shape))},
                 ReduceAttributes{kind, begin, end}));
  return Kinds(Rewritten(g.graph, LowerReduce));
}

TEST(LowerReduce, RowsAndColumnsOfAFeatureMap) {
  const Shape map{1, 4, 5, 3};
  EXPECT_THAT(After(map, Kind::kMean, 1, 2), ElementsAre(OpKind::kAveragePool));
  EXPECT_THAT(After(map, Kind::kMax, 2, 3), ElementsAre(OpKind::kMaxPool));
  EXPECT_THAT(After(map, Kind::kSum, 1, 3), ElementsAre(OpKind::kAveragePool, OpKind::kBatchNorm));
}

TEST(LowerReduce, TokensAndBatches) {
  EXPECT_THAT(After({1, 6, 4}, Kind::kMean, 1, 2),
              ElementsAre(OpKind::kReshape, OpKind::kAveragePool, OpKind::kReshape));
  EXPECT_THAT(After({3, 2, 5}, Kind::kMax, 0, 1),
              ElementsAre(OpKind::kReduce));  // What is left of the axes are no channels.
  EXPECT_THAT(After({3, 2, 5}, Kind::kMax, 1, 2),
              ElementsAre(OpKind::kReshape, OpKind::kMaxPool, OpKind::kReshape));
  EXPECT_THAT(
      After({3, 2, 5}, Kind::kSum, 0, 2),
      ElementsAre(OpKind::kReshape, OpKind::kAveragePool, OpKind::kBatchNorm, OpKind::kReshape));
}

TEST(LowerReduce, NotOverChannels) {
  EXPECT_THAT(After({1, 4, 5, 3}, Kind::kMean, 3, 4), ElementsAre(OpKind::kReduce));
  EXPECT_THAT(After({1, 4, 5, 3}, Kind::kMean, 1, 4), ElementsAre(OpKind::kReduce));
  EXPECT_THAT(After({1, 4, 5, 3}, Kind::kMin, 1, 2), ElementsAre(OpKind::kReduce));
}

}  // namespace
}  // namespace imcc
