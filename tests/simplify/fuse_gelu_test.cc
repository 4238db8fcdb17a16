// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fuse_gelu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

/// Where the factor 1/2 stands.
enum class Half { kLast, kOnX, kOnGate };

Graph Gelu(Half half, bool divides, float one = 1) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 4, 5, 2});
  const auto scalar = [&](const std::string& name, float value) {
    return g.Constant(name, Shape{}, {value});
  };
  const TensorId scaled = divides ? g.Add("d", OpKind::kDiv, {x, scalar("root", 1.41421356F)})
                                  : g.Add("d", OpKind::kMul, {x, scalar("root", 0.70710678F)});
  const TensorId erf = g.Unary("e", scaled, {UnaryKind::kErf});
  TensorId gate = g.Add("gate", OpKind::kAdd, {erf, scalar("one", one)});
  TensorId factor = x;
  const auto halve = [&](TensorId of) {
    return g.Add("half", OpKind::kMul, {of, scalar("a_half", 0.5F)});
  };
  if (half == Half::kOnX) factor = halve(x);
  if (half == Half::kOnGate) gate = halve(gate);
  TensorId y = g.Add("y", OpKind::kMul, {factor, gate});
  if (half == Half::kLast) y = halve(y);
  g.Output(y);
  return g.graph;
}

TEST(FuseGelu, EveryOrder) {
  for (const Half half : {Half::kLast, Half::kOnX, Half::kOnGate})
    for (const bool divides : {false, true})
      EXPECT_THAT(Kinds(Rewritten(Gelu(half, divides), FuseGelu)), ElementsAre(OpKind::kUnary));
}

TEST(FuseGelu, NotWithAnotherConstant) {
  EXPECT_THAT(Kinds(Rewritten(Gelu(Half::kLast, true, 2), FuseGelu)), Contains(OpKind::kDiv));
}

}  // namespace
}  // namespace imcc
