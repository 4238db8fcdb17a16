// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// On layers small enough to try every mapping in the simulator, the mapping chosen by the cost
// model is within 2 % of the best one.
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/assemble_program.h"
#include "mapping/mapping.h"
#include "sim/simulator.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

struct Layer {
  const char* name;
  int64_t side, in, out;
  Window window;
  int64_t groups = 1;
};

class Oracle : public ::testing::TestWithParam<Layer> {};

/// Simulated cycles of a graph under given choices; the largest number if it does not fit.
int64_t Simulate(const QuantizedGraph& graph, const MappingChoices& choices, const Target& target) {
  const CompilationOptions options;
  const auto run = [&]() -> Result<int64_t> {
    IMCC_ASSIGN(const MappedNetwork network, MapNetwork(graph, choices, target, options));
    IMCC_ASSIGN(const TilePlan tiles, PlanTiles(network, target, options));
    IMCC_ASSIGN(const MemoryPlan memory, PlanMemory(network, tiles, target, options));
    IMCC_ASSIGN(const Schedule schedule, ScheduleTasks(network, tiles, memory, target, options));
    IMCC_ASSIGN(const Program program,
                AssembleProgram(graph, network, memory, schedule, target, options));
    IMCC_ASSIGN(const FrameTiming timing, SimulateTiming(program));
    return timing.cycles.count();
  };
  const Result<int64_t> cycles = run();
  return cycles.ok() ? *cycles : INT64_MAX;
}

TEST_P(Oracle, ChoiceIsWithinTwoPercentOfTheBestMapping) {
  const Layer& layer = GetParam();
  const Target target = testing::ReadTarget("quad512");
  testing::GraphBuilder builder(1);
  const QTensorId x = builder.Input(layer.side, layer.side, layer.in);
  const QuantizedGraph graph =
      builder.Build({builder.Conv(x, layer.out, layer.window, layer.groups)});
  MappingChoices every = PlainChoices(graph, target);
  int64_t best = INT64_MAX;
  for (int64_t f = 1; f <= 8; ++f) {
    for (int64_t q = 1; q <= layer.groups; ++q) {
      every[0] = {.on_array = true, .replicas = f, .groups_per_block = q};
      best = std::min(best, Simulate(graph, every, target));
    }
  }
  every = PlainChoices(graph, target);
  best = std::min(best, Simulate(graph, every, target));
  const MappingChoices chosen = ChooseReplication(graph, target, {});
  const int64_t cycles = Simulate(graph, chosen, target);
  EXPECT_LE(static_cast<double>(cycles), 1.02 * static_cast<double>(best))
      << "chosen: " << chosen[0].replicas << " replicas, " << chosen[0].groups_per_block
      << " groups a block";
}

constexpr Window kPointwise{};
constexpr Window k3x3{.kernel_h = 3, .kernel_w = 3, .padding = {1, 1, 1, 1}};
constexpr Window k3x3s2{
    .kernel_h = 3, .kernel_w = 3, .stride_h = 2, .stride_w = 2, .padding = {1, 1, 1, 1}};
constexpr Window k7x7s2{
    .kernel_h = 7, .kernel_w = 7, .stride_h = 2, .stride_w = 2, .padding = {3, 3, 3, 3}};

INSTANTIATE_TEST_SUITE_P(
    Layers, Oracle,
    ::testing::Values(Layer{"stem", 112, 3, 64, k7x7s2}, Layer{"early", 56, 64, 64, k3x3},
                      Layer{"strided", 56, 64, 128, k3x3s2}, Layer{"middle", 28, 128, 128, k3x3},
                      Layer{"late", 14, 256, 256, k3x3}, Layer{"last", 7, 512, 512, k3x3},
                      Layer{"narrow", 56, 64, 24, kPointwise},
                      Layer{"wide", 28, 96, 384, kPointwise}, Layer{"odd", 33, 40, 72, k3x3},
                      Layer{"grouped", 28, 160, 160, k3x3, 10},
                      Layer{"depthwise", 28, 24, 24, k3x3, 24},
                      Layer{"classifier", 1, 512, 1000, kPointwise}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace imcc
