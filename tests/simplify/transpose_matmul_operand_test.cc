// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/transpose_matmul_operand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/cancel_transposes.h"
#include "simplify/remove_identities.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

TEST(TransposeMatMulOperand, ATransposeGoesBeforeIt) {
  SmallGraph g;
  const TensorId a = g.Input("a", {3, 4, 5});
  const TensorId b = g.Input("b", {3, 5, 2});
  g.Output(g.Add("y", OpKind::kMatMul, {a, b}, MatMulAttributes{}));
  const Graph after = Rewritten(g.graph, TransposeMatMulOperand);
  EXPECT_THAT(Kinds(after), ElementsAre(OpKind::kTranspose, OpKind::kMatMul));
  EXPECT_EQ(after.tensor(after.nodes[1].inputs[1]).shape, (Shape{3, 2, 5}));
  EXPECT_EQ(after.tensor(after.nodes[1].inputs[1]).layout, Layout::kPlain);
  // And only once.
  EXPECT_EQ(Kinds(Rewritten(after, TransposeMatMulOperand)), Kinds(after));
}

// The keys of attention come transposed: nothing has to move any more.
TEST(TransposeMatMulOperand, MeetsTheTransposeOfAttention) {
  SmallGraph g;
  const TensorId a = g.Input("a", {3, 4, 5});
  const TensorId keys = g.Input("keys", {3, 6, 5});
  const TensorId turned =
      g.Add("turned", OpKind::kTranspose, {keys}, TransposeAttributes{{0, 2, 1}});
  g.Output(g.Add("y", OpKind::kMatMul, {a, turned}, MatMulAttributes{}));
  const Graph after = Rewritten(g.graph, [](Graph& graph) {
    TransposeMatMulOperand(graph);
    CancelTransposes(graph);
    RemoveIdentities(graph);
  });
  EXPECT_THAT(Kinds(after), ElementsAre(OpKind::kMatMul));
  EXPECT_EQ(after.tensor(after.nodes[0].inputs[1]).name, "keys");
}

TEST(TransposeMatMulOperand, ConstantsStay) {
  SmallGraph g;
  const TensorId a = g.Input("a", {3, 4, 5});
  const TensorId left =
      g.Add("left", OpKind::kMatMul, {a, g.Constant("w", {3, 5, 2})}, MatMulAttributes{});
  const TensorId right =
      g.Add("right", OpKind::kMatMul, {g.Constant("v", {3, 6, 4}), left}, MatMulAttributes{});
  g.Output(right);
  EXPECT_THAT(Kinds(Rewritten(g.graph, TransposeMatMulOperand)),
              ElementsAre(OpKind::kMatMul, OpKind::kMatMul));
}

}  // namespace
}  // namespace imcc
