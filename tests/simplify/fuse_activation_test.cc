// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fuse_activation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

TEST(FuseActivation, ClampsGoIntoTheirProducer) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 6, 6, 2});
  const TensorId a = g.Unary("a", g.Conv("c", x, 2), {UnaryKind::kRelu});
  const TensorId b = g.Unary("b", g.Add("s", OpKind::kAdd, {a, a}), {UnaryKind::kClip, 0, 6});
  g.Output(g.Unary("y", g.Add("m", OpKind::kMul, {b, b}), {UnaryKind::kRelu}));
  EXPECT_THAT(Kinds(Rewritten(g.graph, FuseActivation)),
              ElementsAre(OpKind::kConv, OpKind::kAdd, OpKind::kMul));
}

TEST(FuseActivation, TablesAndSharedProducersStay) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 6, 6, 2});
  const TensorId a = g.Unary("a", g.Conv("c", x, 2), {UnaryKind::kSigmoid});
  const TensorId d = g.Conv("d", a, 2);
  const TensorId b = g.Unary("b", d, {UnaryKind::kRelu});
  g.Output(g.Add("y", OpKind::kAdd, {b, d}));
  EXPECT_EQ(Rewritten(g.graph, FuseActivation).nodes.size(), 5U);
}

}  // namespace
}  // namespace imcc
