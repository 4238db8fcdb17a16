// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include "reference/float_graph.h"

namespace imcc::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// x -> relu -> + x, with the relu an output too.
FloatGraph Residual() {
  FloatGraph g;
  const TensorId x = g.Input({2});
  const TensorId relu = g.Add(OpKind::kUnary, {x}, UnaryAttributes{{UnaryKind::kRelu}});
  const TensorId sum = g.Add(OpKind::kAdd, {relu, x});
  g.graph.outputs = {sum, relu};
  return g;
}

TEST(FloatExecutor, OutputsInGraphOrderAndRunsAgain) {
  const FloatGraph g = Residual();
  Result<FloatExecutor> executor = FloatExecutor::Create(g.graph, 1);
  ASSERT_TRUE(executor.ok());
  for (int i = 0; i < 3; ++i) {
    const auto outputs = executor->Run({{-1.0F, 2.0F}});
    ASSERT_TRUE(outputs.ok());
    EXPECT_THAT(outputs->at(0), ElementsAre(-1, 4));
    EXPECT_THAT(outputs->at(1), ElementsAre(0, 2));
  }
}

TEST(FloatExecutor, ObserverSeesInputsAndEveryResultInOrder) {
  const FloatGraph g = Residual();
  Result<FloatExecutor> executor = FloatExecutor::Create(g.graph, 1);
  ASSERT_TRUE(executor.ok());
  std::vector<FloatValues> seen;
  std::vector<size_t> ids;
  ASSERT_TRUE(executor
                  ->Run({{-1.0F, 2.0F}},
                        [&](TensorId id, const float* v, int64_t n) {
                          ids.push_back(id.index());
                          seen.emplace_back(v, v + n);
                        })
                  .ok());
  EXPECT_THAT(ids, ElementsAre(0, 1, 2));
  EXPECT_THAT(seen, ElementsAre(FloatValues{-1, 2}, FloatValues{0, 2}, FloatValues{-1, 4}));
}

TEST(FloatExecutor, ObserverSeesTheFusedActivation) {
  FloatGraph g;
  const TensorId x = g.Input({2});
  g.graph.outputs = {g.Add(OpKind::kAdd, {x, x})};
  g.graph.nodes[0].activation = {UnaryKind::kClip, 0, 3};
  EXPECT_THAT(RunGraph(g.graph, {{-1, 2}}).at(0), ElementsAre(0, 3));
}

TEST(FloatExecutor, OutlivesItsGraph) {
  auto g = std::make_unique<FloatGraph>();
  const TensorId x = g->Input({2});
  g->graph.outputs = {g->Add(OpKind::kMul, {x, g->Constant({2}, {3, 4})})};
  Result<FloatExecutor> executor = FloatExecutor::Create(g->graph, 1);
  ASSERT_TRUE(executor.ok());
  g.reset();
  EXPECT_THAT(executor->Run({{1.0F, 2.0F}})->at(0), ElementsAre(3, 8));
}

TEST(FloatExecutor, InputAndConstantAsOutputs) {
  FloatGraph g;
  const TensorId x = g.Input({1});
  const TensorId c = g.Constant({1}, {5});
  g.graph.outputs = {x, c};
  const auto outputs = RunGraph(g.graph, {{4}});
  EXPECT_THAT(outputs.at(0), ElementsAre(4));
  EXPECT_THAT(outputs.at(1), ElementsAre(5));
}

TEST(FloatExecutor, WrongInputsAreErrors) {
  const FloatGraph g = Residual();
  Result<FloatExecutor> executor = FloatExecutor::Create(g.graph, 1);
  ASSERT_TRUE(executor.ok());
  const auto none = executor->Run({});
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message, HasSubstr("1 inputs and 0"));
  const auto short_one = executor->Run({{1.0F}});
  ASSERT_FALSE(short_one.ok());
  EXPECT_THAT(short_one.error().message, HasSubstr("2 values and 1"));
  EXPECT_TRUE(executor->Run({{1.0F, 2.0F}}).ok());
}

TEST(FloatExecutor, BrokenGraphsAreErrors) {
  FloatGraph g = Residual();
  std::swap(g.graph.nodes[0], g.graph.nodes[1]);
  EXPECT_FALSE(FloatExecutor::Create(g.graph, 1).ok());
}

TEST(FloatExecutor, ManyThreadsWithAnExecutorEachAgree) {
  FloatGraph g;
  const TensorId x = g.Input({1, 12, 12, 32});
  FloatValues weights(32 * 9 * 32);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = float(int(i * 7919 % 201) - 100) / 100;
  const TensorId w = g.Constant({32, 3, 3, 32}, weights);
  const Window window{.kernel_h = 3, .kernel_w = 3, .padding = {1, 1, 1, 1}};
  const TensorId y = g.Add(OpKind::kConv, {x, w}, ConvAttributes{.window = window});
  g.graph.outputs = {g.Add(OpKind::kConv, {y, w}, ConvAttributes{.window = window})};
  const FloatValues input = Iota(12 * 12 * 32);
  const auto expected = RunGraph(g.graph, {input}, 2);
  std::vector<std::vector<FloatValues>> results(4);
  std::vector<std::thread> threads;
  for (auto& result : results)
    threads.emplace_back([&] {
      Result<FloatExecutor> executor = FloatExecutor::Create(g.graph, 1);
      for (int i = 0; i < 5; ++i) result = executor->Run({input}).value();
    });
  for (std::thread& thread : threads) thread.join();
  for (const auto& result : results) EXPECT_EQ(result, expected);
}

}  // namespace
}  // namespace imcc::testing
