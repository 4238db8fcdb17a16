// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/canonicalize_scale_shift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

TEST(CanonicalizeScaleShift, EveryConstantOperand) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 5, 2});
  const TensorId half = g.Constant("half", Shape{}, {0.5});
  const TensorId each = g.Constant("each", {1, 1, 1, 2}, {1, -2});
  const TensorId a = g.Add("a", OpKind::kMul, {x, each});
  const TensorId b = g.Add("b", OpKind::kSub, {half, a});
  const TensorId c = g.Add("c", OpKind::kSub, {b, each});
  g.Output(g.Add("y", OpKind::kAdd, {half, c}));
  const Graph after = Rewritten(g.graph, CanonicalizeScaleShift);
  EXPECT_THAT(Kinds(after), ElementsAre(OpKind::kBatchNorm, OpKind::kBatchNorm, OpKind::kBatchNorm,
                                        OpKind::kBatchNorm));
}

TEST(CanonicalizeScaleShift, LeavesConstantsThatAreNotPerChannel) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 2, 2, 2});
  const TensorId a = g.Add("a", OpKind::kMul, {x, g.Constant("rows", {1, 2, 1, 1}, {1, 2})});
  const TensorId b = g.Add("b", OpKind::kMul, {a, g.Constant("all", {1, 2, 2, 2})});
  g.Output(g.Add("y", OpKind::kMul, {b, b}));
  EXPECT_THAT(Kinds(Rewritten(g.graph, CanonicalizeScaleShift)),
              ElementsAre(OpKind::kMul, OpKind::kMul, OpKind::kMul));
}

}  // namespace
}  // namespace imcc
