// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/remove_identities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

TEST(RemoveIdentities, RemovesThemAndKeepsOutputNames) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 4, 2});
  const TensorId a = g.Add("a", OpKind::kPad, {x}, PadAttributes{});
  const TensorId b = g.Conv("b", a, 2);
  g.Output(g.Add("y", OpKind::kReshape, {b}, {}, {1, 2, 2, 2}));
  const Graph after = Rewritten(g.graph, RemoveIdentities);
  EXPECT_THAT(Kinds(after), ElementsAre(OpKind::kConv));
}

TEST(RemoveIdentities, JoinsReshapes) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 4, 2});
  const TensorId a = g.Add("a", OpKind::kReshape, {x}, {}, {1, 16, 2});
  g.Output(g.Add("y", OpKind::kReshape, {a}, {}, {1, 32}));
  EXPECT_THAT(Kinds(Rewritten(g.graph, RemoveIdentities)), ElementsAre(OpKind::kReshape));
}

TEST(RemoveIdentities, KeepsAnOutputThatIsTheInput) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4});
  g.Output(g.Add("y", OpKind::kReshape, {x}, {}, {1, 4}));
  EXPECT_EQ(Rewritten(g.graph, RemoveIdentities).nodes.size(), 1U);
}

}  // namespace
}  // namespace imcc
