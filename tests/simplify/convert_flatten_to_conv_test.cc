// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/convert_flatten_to_conv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

TEST(ConvertFlattenToConv, NeedsNoTransposeAnyMore) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 3, 4, 5});
  const TensorId t = g.Add("t", OpKind::kTranspose, {x}, TransposeAttributes{{0, 3, 1, 2}});
  g.graph.tensor(t).layout = Layout::kPlain;
  const TensorId flat = g.Add("flat", OpKind::kReshape, {t}, {}, {1, 60});
  g.Output(
      g.Add("y", OpKind::kFullyConnected, {flat, g.Constant("w", {7, 60}), g.Constant("b", {7})}));
  g.graph.nodes.back().activation = {UnaryKind::kRelu};
  EXPECT_THAT(Kinds(Rewritten(g.graph, ConvertFlattenToConv)),
              ElementsAre(OpKind::kConv, OpKind::kReshape));
}

}  // namespace
}  // namespace imcc
