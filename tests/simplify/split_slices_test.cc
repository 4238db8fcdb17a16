// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/split_slices.h"

#include "ir/axis_pick.h"
#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc::testing {
namespace {

TEST(SplitSlices, OneAxisANode) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 6, 8, 5});
  const SliceAttributes attributes{{0, 1, 2, 0}, {1, 2, 1, 3}};
  g.Output(g.Add("y", OpKind::kSlice, {x}, attributes, {1, 2, 4, 2}));
  const Graph after = Rewritten(g.graph, SplitSlices);
  ASSERT_EQ(after.nodes.size(), 3U);
  for (const Node& node : after.nodes) EXPECT_EQ(SlicedAxes(after, node).size(), 1U);
}

TEST(SplitSlices, LeavesOneAxisAlone) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 6, 8, 5});
  g.Output(
      g.Add("y", OpKind::kSlice, {x}, SliceAttributes{{0, 1, 0, 0}, {1, 2, 1, 1}}, {1, 3, 8, 5}));
  EXPECT_EQ(Dump(Rewritten(g.graph, SplitSlices)), Dump(g.graph));
}

}  // namespace
}  // namespace imcc::testing
