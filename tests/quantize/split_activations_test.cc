// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "quantize/float_graphs.h"
#include "quantize/quantize.h"
#include "reference/float_executor.h"

namespace imcc {
namespace {

TEST(SplitActivations, ClampsStayFusedTablesDoNot) {
  testing::FloatGraphs builder(1);
  const TensorId x = builder.Input({1, 4, 4, 2});
  const TensorId a = builder.Conv(x, 2, {}, 1, {.kind = UnaryKind::kRelu});
  const TensorId b = builder.Conv(a, 2, {}, 1, {.kind = UnaryKind::kTanh});
  const Graph graph = builder.Build({b});
  const Graph split = SplitActivations(graph);
  ASSERT_EQ(split.nodes.size(), 3U);
  EXPECT_EQ(split.nodes[0].activation.kind, UnaryKind::kRelu);
  EXPECT_EQ(split.nodes[1].activation.kind, UnaryKind::kIdentity);
  EXPECT_EQ(split.nodes[2].kind, OpKind::kUnary);
  EXPECT_EQ(split.nodes[2].output, graph.nodes[1].output);
  EXPECT_EQ(split.tensors.size(), graph.tensors.size() + 1);
}

TEST(SplitActivations, ComputesTheSame) {
  const Graph graph = testing::EveryOperation(3);
  const Graph split = SplitActivations(graph);
  ASSERT_TRUE(Verify(split).ok()) << Verify(split).error().Format();
  auto before = FloatExecutor::Create(graph, 1);
  auto after = FloatExecutor::Create(split, 1);
  ASSERT_TRUE(before.ok() && after.ok());
  const auto sample = testing::RandomSample(graph, 1);
  EXPECT_EQ(*before->Run(sample), *after->Run(sample));
}

}  // namespace
}  // namespace imcc
