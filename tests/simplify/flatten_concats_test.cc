// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/flatten_concats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

/// Kinds of the nodes that join two tensors of one shape.
std::vector<OpKind> After(const Shape& shape, int64_t axis) {
  SmallGraph g;
  const TensorId a = g.Input("a", shape);
  g.Output(g.Add("y", OpKind::kConcat, {a, g.Input("b", shape)}, ConcatAttributes{axis}));
  const Graph after = Rewritten(g.graph, FlattenConcats);
  for (const Node& node : after.nodes)
    if (node.kind == OpKind::kConcat) {
      const auto joined = static_cast<size_t>(node.as<ConcatAttributes>().axis);
      EXPECT_TRUE(JoinsBoxes(after.tensor(node.output).shape, joined));
    }
  return Kinds(after);
}

TEST(FlattenConcats, BatchesAndOuterAxes) {
  const auto flattened =
      ElementsAre(OpKind::kReshape, OpKind::kReshape, OpKind::kConcat, OpKind::kReshape);
  EXPECT_THAT(After({1, 4, 5, 3}, 0), flattened);
  EXPECT_THAT(After({2, 4, 5, 3}, 2), flattened);
  EXPECT_THAT(After({2, 4, 3}, 1), flattened);
  EXPECT_THAT(After({2, 2, 4, 5, 3}, 2), flattened);
}

TEST(FlattenConcats, NotSidesOfFeatureMaps) {
  EXPECT_THAT(After({1, 4, 5, 3}, 1), ElementsAre(OpKind::kConcat));
  EXPECT_THAT(After({1, 4, 5, 3}, 3), ElementsAre(OpKind::kConcat));
  EXPECT_THAT(After({2, 4, 3}, 0), ElementsAre(OpKind::kConcat));
  EXPECT_THAT(After({2, 4, 3}, 2), ElementsAre(OpKind::kConcat));
  EXPECT_THAT(After({7}, 0), ElementsAre(OpKind::kConcat));
}

}  // namespace
}  // namespace imcc
