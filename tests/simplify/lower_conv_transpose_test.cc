// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/lower_conv_transpose.h"

#include <algorithm>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc::testing {
namespace {

/// A transposed convolution with weights that are all different.
Graph Transposed(const Window& window, int64_t groups = 1) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 3, 5, 4});
  const Shape shape{6, window.kernel_h, window.kernel_w, 4 / groups};
  std::vector<float> values(static_cast<size_t>(shape.elements()));
  for (size_t i = 0; i < values.size(); ++i) values[i] = 0.01F * static_cast<float>(i) - 0.3F;
  const TensorId weights =
      g.graph.AddTensor({.name = "w", .shape = shape, .constant = std::move(values)});
  const TensorId bias =
      g.graph.AddTensor({.name = "b", .shape = {6}, .constant = {1, 2, 3, 4, 5, 6}});
  const TensorId y = g.Add("y", OpKind::kConvTranspose, {x, weights, bias},
                           ConvTransposeAttributes{window, groups});
  g.graph.nodes.back().activation = {UnaryKind::kRelu};
  g.Output(y);
  return g.graph;
}

int64_t Count(const Graph& graph, OpKind kind) {
  return std::count_if(graph.nodes.begin(), graph.nodes.end(),
                       [&](const Node& node) { return node.kind == kind; });
}

TEST(LowerConvTranspose, OneConvolutionAPhase) {
  for (const Window& window :
       {Window{.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2},
        Window{.kernel_h = 4, .kernel_w = 4, .stride_h = 2, .stride_w = 2, .padding = {1, 1, 1, 1}},
        Window{.kernel_h = 3, .kernel_w = 3, .stride_h = 2, .stride_w = 2, .padding = {1, 1, 0, 0}},
        Window{
            .kernel_h = 2, .kernel_w = 6, .stride_h = 1, .stride_w = 3, .padding = {0, 2, 1, 1}}}) {
    const Graph before = Transposed(window);
    const Graph after = Rewritten(before, LowerConvTranspose);
    EXPECT_EQ(Count(after, OpKind::kConvTranspose), 0) << Dump(before);
    EXPECT_EQ(Count(after, OpKind::kConv), window.stride_h * window.stride_w);
    Macs macs;
    for (const Node& node : after.nodes) macs += CountMacs(after, node);
    EXPECT_EQ(macs, CountMacs(before, before.nodes[0]));
  }
}

TEST(LowerConvTranspose, LeavesGroupsAndOtherSizesAlone) {
  const Window doubling{.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2};
  const Window uneven{.kernel_h = 3, .kernel_w = 3, .stride_h = 2, .stride_w = 2};
  for (const Graph& before : {Transposed(doubling, 2), Transposed(uneven)}) {
    EXPECT_EQ(Dump(Rewritten(before, LowerConvTranspose)), Dump(before));
  }
}

}  // namespace
}  // namespace imcc::testing
