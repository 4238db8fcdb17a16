// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "ir/graph.h"
#include "reference/float_executor.h"

namespace imcc {

inline std::vector<FloatValues> RunOnce(const Graph& graph, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<float> uniform(-4, 4);
  std::vector<FloatValues> inputs;
  for (const TensorId id : graph.inputs) {
    inputs.emplace_back(static_cast<size_t>(graph.tensor(id).shape.elements()));
    for (float& value : inputs.back()) value = uniform(random);
  }
  Result<FloatExecutor> executor = FloatExecutor::Create(graph);
  EXPECT_TRUE(executor.ok()) << (executor.ok() ? "" : executor.error().Format());
  if (!executor.ok()) return {};
  Result<std::vector<FloatValues>> outputs = executor->Run(inputs);
  EXPECT_TRUE(outputs.ok()) << (outputs.ok() ? "" : outputs.error().Format());
  return outputs.ok() ? *outputs : std::vector<FloatValues>{};
}

/// Both graphs compute the same outputs, named the same, up to float rounding.
inline void ExpectSameFunction(const Graph& before, const Graph& after) {
  const Status verified = Verify(after);
  ASSERT_TRUE(verified.ok()) << verified.error().Format() << "\n" << Dump(after);
  ASSERT_EQ(before.outputs.size(), after.outputs.size());
  for (size_t i = 0; i < before.outputs.size(); ++i) {
    EXPECT_EQ(before.tensor(before.outputs[i]).name, after.tensor(after.outputs[i]).name);
    EXPECT_EQ(before.tensor(before.outputs[i]).shape, after.tensor(after.outputs[i]).shape);
  }
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    const std::vector<FloatValues> expected = RunOnce(before, seed);
    const std::vector<FloatValues> actual = RunOnce(after, seed);
    ASSERT_EQ(expected.size(), actual.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(expected[i].size(), actual[i].size());
      float largest = 1;
      for (const float value : expected[i]) largest = std::max(largest, std::abs(value));
      for (size_t j = 0; j < expected[i].size(); ++j) {
        ASSERT_NEAR(expected[i][j], actual[i][j], 1e-5F * largest) << Dump(after);
      }
    }
  }
}

/// Applies one rewrite to the graph, checks that it computes the same, and returns the result.
inline Graph Rewritten(const Graph& before, void (*rewrite)(Graph&)) {
  Graph after = before;
  rewrite(after);
  ExpectSameFunction(before, after);
  return after;
}

inline std::vector<OpKind> Kinds(const Graph& graph) {
  std::vector<OpKind> kinds;
  for (const Node& node : graph.nodes) kinds.push_back(node.kind);
  return kinds;
}

}  // namespace imcc
