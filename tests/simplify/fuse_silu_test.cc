// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fuse_silu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

TEST(FuseSilu, InEitherOrder) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 5, 2});
  const TensorId s = g.Unary("s", x, {UnaryKind::kSigmoid});
  g.Output(g.Add("y", OpKind::kMul, {s, x}));
  g.Output(g.Add("z", OpKind::kMul, {x, s}));
  EXPECT_THAT(Kinds(Rewritten(g.graph, FuseSilu)), ElementsAre(OpKind::kUnary, OpKind::kUnary));
}

TEST(FuseSilu, NotTheSigmoidOfSomethingElse) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 5, 2});
  const TensorId z = g.Input("z", {1, 4, 5, 2});
  const TensorId s = g.Unary("s", z, {UnaryKind::kSigmoid});
  g.Output(g.Add("y", OpKind::kMul, {s, x}));
  EXPECT_THAT(Kinds(Rewritten(g.graph, FuseSilu)), ElementsAre(OpKind::kUnary, OpKind::kMul));
}

}  // namespace
}  // namespace imcc
