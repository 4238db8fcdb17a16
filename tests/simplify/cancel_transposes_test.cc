// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/cancel_transposes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

TEST(CancelTransposes, InversePairsBecomeAReshape) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 5, 2});
  const TensorId a = g.Add("a", OpKind::kTranspose, {x}, TransposeAttributes{{0, 3, 1, 2}});
  g.Output(g.Add("y", OpKind::kTranspose, {a}, TransposeAttributes{{0, 2, 3, 1}}));
  EXPECT_THAT(Kinds(Rewritten(g.graph, CancelTransposes)), ElementsAre(OpKind::kReshape));
}

TEST(CancelTransposes, ComposesInTheRightOrder) {
  SmallGraph g;
  const TensorId x = g.Input("x", {2, 3, 4});
  const TensorId a = g.Add("a", OpKind::kTranspose, {x}, TransposeAttributes{{1, 2, 0}});
  g.Output(g.Add("y", OpKind::kTranspose, {a}, TransposeAttributes{{0, 2, 1}}));
  EXPECT_THAT(Kinds(Rewritten(g.graph, CancelTransposes)), ElementsAre(OpKind::kTranspose));
}

TEST(CancelTransposes, LeavesWhatMovesBytes) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 5, 2});
  g.Output(g.Add("y", OpKind::kTranspose, {x}, TransposeAttributes{{0, 3, 1, 2}}));
  EXPECT_THAT(Kinds(Rewritten(g.graph, CancelTransposes)), ElementsAre(OpKind::kTranspose));
}

}  // namespace
}  // namespace imcc
