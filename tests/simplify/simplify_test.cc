// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/simplify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "ir/small_graph.h"
#include "onnx/import.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

Graph Simplified(Graph graph, PassOptions options = {}) {
  PassRunner runner(std::move(options));
  const Status status = Simplify(graph, runner);
  EXPECT_TRUE(status.ok()) << status.error().Format();
  EXPECT_TRUE(runner.CheckNames().ok());
  return graph;
}

/// Something for every rewrite to do.
Graph Mixture() {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 9, 9, 3});
  const TensorId n = g.Add("n", OpKind::kSub, {x, g.Constant("mean", {1, 1, 1, 3})});
  const TensorId pad = g.Add("pad", OpKind::kPad, {n}, PadAttributes{{1, 1, 1, 1}});
  const TensorId c = g.Conv("c", pad, 4);
  const TensorId bn =
      g.Add("bn", OpKind::kBatchNorm, {c, g.Constant("s", {4}), g.Constant("t", {4})});
  const TensorId relu = g.Unary("relu", bn, {UnaryKind::kRelu});
  const TensorId six = g.Unary("six", relu, {UnaryKind::kClip, 0, 6});
  const TensorId gate = g.Unary("gate", six, {UnaryKind::kSigmoid});
  const TensorId silu = g.Add("silu", OpKind::kMul, {gate, six});
  const TensorId t = g.Add("t1", OpKind::kTranspose, {silu}, TransposeAttributes{{0, 3, 1, 2}});
  const TensorId flat = g.Add("flat", OpKind::kReshape, {t}, {}, {1, 324});
  g.Output(g.Add("y", OpKind::kFullyConnected, {flat, g.Constant("w", {6, 324})}));
  return g.graph;
}

TEST(Simplify, KeepsTheFunction) {
  const Graph before = Mixture();
  const Graph after = Simplified(before);
  ExpectSameFunction(before, after);
  EXPECT_LT(after.nodes.size(), 6U) << Dump(after);
}

TEST(Simplify, EveryRewriteCanBeSwitchedOff) {
  const Graph before = Mixture();
  PassRunner runner({});
  Graph graph = before;
  ASSERT_TRUE(Simplify(graph, runner).ok());
  for (const PassTiming& pass : runner.timings()) {
    SCOPED_TRACE(pass.name);
    ExpectSameFunction(before, Simplified(before, {.disabled = {pass.name}}));
  }
}

TEST(Simplify, IsIdempotent) {
  const Graph once = Simplified(Mixture());
  EXPECT_EQ(Dump(Simplified(once)), Dump(once));
}

TEST(Simplify, SharedModelsComputeTheSame) {
  const std::string models = IMCC_SOURCE_DIR "/../shared/models/";
  if (!std::filesystem::exists(models)) GTEST_SKIP() << "../shared is absent";
  for (const char* name : {"resnet8_cifar10.onnx", "ultraface_RFB-320.onnx"}) {
    SCOPED_TRACE(name);
    const Graph before = ImportOnnx(models + name, {}).value().graph;
    ExpectSameFunction(before, Simplified(before));
  }
}

}  // namespace
}  // namespace imcc
