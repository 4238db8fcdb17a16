// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Networks with operators in the middle that the device cannot run: several device parts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "ir/small_graph.h"
#include "partition/partition.h"
#include "partition/segment_cost.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A launch of 1 us, a byte a ns over the host link and from DDR, an array of 512 MACs a cycle.
Target FastTarget() {
  Target target;
  target.clock_hz = 1e9;
  target.array.rows = 512;
  target.array.columns = 1;
  target.array.mvm_interval = Cycles(1);
  target.array.max_row_tiles = 32;
  target.depthwise_macs = 64;
  target.depthwise_max_taps = 127;
  target.pword = 64;
  target.l1.size = Bytes(1 << 20);
  target.bandwidth.host = 1;
  target.bandwidth.ddr = 1;
  target.launch_seconds = 1e-6;
  return target;
}

Target FreeLaunchTarget() {
  Target target = FastTarget();
  target.launch_seconds = 0;
  target.bandwidth.host = 1e9;
  target.bandwidth.ddr = 1e9;
  return target;
}

std::vector<std::string> PartNames(const Partition& partition) {
  std::vector<std::string> names;
  for (const Part& part : partition.parts) names.push_back(part.name);
  return names;
}

std::vector<std::string> NodesOf(const Part& part) {
  std::vector<std::string> names;
  for (const Node& node : part.graph.nodes) names.push_back(part.graph.tensor(node.output).name);
  return names;
}

/// Along rows: not the device's.
TensorId Softmax(SmallGraph& g, const std::string& name, TensorId x) {
  return g.Add(name, OpKind::kSoftmax, {x}, SoftmaxAttributes{1});
}

/// conv - softmax - conv - softmax - conv, and an addition of what the first conv gave.
Graph ThreeConvs() {
  SmallGraph g;
  const TensorId a = g.Conv("a", g.Input("x", {1, 16, 16, 128}), 128, 1);
  const TensorId b = g.Conv("b", Softmax(g, "s", a), 128, 1);
  const TensorId c = g.Conv("c", Softmax(g, "t", b), 128, 1);
  g.Output(g.Add("y", OpKind::kAdd, {c, a}));
  return g.graph;
}

TEST(DeviceParts, TakeTurnsWithTheHost) {
  const Graph graph = ThreeConvs();
  const Partition partition = PartitionGraph(graph, FastTarget()).value();
  ASSERT_THAT(PartNames(partition), ElementsAre("model", "host1", "model1", "host2", "model2"));
  EXPECT_THAT(NodesOf(partition.parts[0]), ElementsAre("a"));
  EXPECT_THAT(NodesOf(partition.parts[1]), ElementsAre("s"));
  EXPECT_THAT(NodesOf(partition.parts[4]), ElementsAre("c", "y"));
  EXPECT_THAT(partition.DeviceParts(), ElementsAre(0, 2, 4));
  EXPECT_EQ(partition.device_mac_share, 1);
  // The first part's result is read two device parts later.
  EXPECT_EQ(partition.parts[4].graph.inputs.size(), 2U);
  ASSERT_EQ(partition.host_nodes.size(), 2U);
  EXPECT_EQ(partition.host_nodes[1].part, 3U);
  EXPECT_EQ(partition.host_nodes[1].crossing, Bytes(2 * 16 * 16 * 128));
}

TEST(DeviceParts, OfTooLittleWorkGoToTheHost) {
  Target target = FastTarget();
  target.launch_seconds = 1;
  const Partition partition = PartitionGraph(ThreeConvs(), target).value();
  ASSERT_THAT(PartNames(partition), ElementsAre("model", "epilogue"));
  EXPECT_THAT(NodesOf(partition.parts[0]), ElementsAre("a"));
  EXPECT_THAT(partition.host_nodes[1].reason, HasSubstr("too little for a launch"));
  EXPECT_NEAR(partition.device_mac_share, 1.0 / 3, 1e-12);
}

TEST(DeviceParts, PrologueAndEpilogueKeepTheirNames) {
  SmallGraph g;
  const TensorId p = Softmax(g, "p", g.Input("x", {1, 16, 16, 64}));
  const TensorId a = g.Conv("a", p, 64);
  const TensorId b = g.Conv("b", Softmax(g, "s", a), 64);
  g.Output(Softmax(g, "y", b));
  const Partition partition = PartitionGraph(g.graph, FastTarget()).value();
  EXPECT_THAT(PartNames(partition),
              ElementsAre("prologue", "model", "host1", "model1", "epilogue"));
}

TEST(DeviceParts, AFirstOneThatDoesNotPayJoinsThePrologue) {
  SmallGraph g;
  const TensorId r = g.Unary("r", g.Input("x", {1, 16, 16, 64}), {UnaryKind::kTanh});
  const TensorId a = g.Conv("a", Softmax(g, "s", r), 64);
  const TensorId b = g.Conv("b", Softmax(g, "t", a), 64);
  g.Output(b);
  const Partition partition = PartitionGraph(g.graph, FastTarget()).value();
  ASSERT_THAT(PartNames(partition), ElementsAre("prologue", "model", "host1", "model1"));
  EXPECT_THAT(NodesOf(partition.parts[0]), ElementsAre("r", "s"));
}

TEST(DeviceParts, WhatIsPickedForTheHostIsPickedThere) {
  SmallGraph g;
  const TensorId a = g.Conv("a", g.Input("x", {1, 16, 16, 64}), 128, 1);
  const TensorId low = g.Add("low", OpKind::kSlice, {a},
                             SliceAttributes{{0, 0, 0, 0}, {1, 1, 1, 1}}, {1, 16, 16, 64});
  const TensorId high = g.Add("high", OpKind::kSlice, {a},
                              SliceAttributes{{0, 0, 0, 64}, {1, 1, 1, 1}}, {1, 16, 16, 64});
  const TensorId b = g.Conv("b", Softmax(g, "s", low), 64, 1);
  const TensorId c = g.Conv("c", Softmax(g, "t", high), 64, 1);
  const TensorId few = g.Add("few", OpKind::kSlice, {b},
                             SliceAttributes{{0, 0, 0, 0}, {1, 1, 1, 1}}, {1, 16, 16, 8});
  g.Output(g.Conv("y", Softmax(g, "u", few), 64));
  g.Output(c);
  const Partition partition = PartitionGraph(g.graph, FreeLaunchTarget()).value();
  ASSERT_THAT(PartNames(partition), ElementsAre("model", "host1", "model1", "host2", "model2"));
  EXPECT_THAT(NodesOf(partition.parts[1]), ElementsAre("low", "high", "s", "t"));
  // Fewer bytes leave the device if it picks these.
  EXPECT_THAT(NodesOf(partition.parts[2]), ElementsAre("b", "c", "few"));
}

TEST(SegmentCost, CountsByHand) {
  SmallGraph g;
  const TensorId a = g.Conv("a", g.Input("x", {1, 10, 10, 30}), 20, 1);
  g.Output(g.Unary("y", a, {UnaryKind::kTanh}));
  const SegmentCost cost = CostOfSegment(g.graph, {true, false}, FastTarget());
  // 60,000 MACs and 2,000 elements out; 3,000 elements in; 620 parameters.
  EXPECT_DOUBLE_EQ(cost.host_seconds, 60e3 / 30e9 + 2e3 / 4e9);
  EXPECT_NEAR(cost.device_seconds, 1e-6 + 5e-6 + 620e-9 + 60e3 / 512 / 1e9, 1e-12);
  EXPECT_FALSE(cost.pays());
}

/// Nodes of many kinds, each reading any earlier tensor of the same shape.
Graph RandomGraph(uint64_t seed) {
  std::mt19937_64 random(seed);
  SmallGraph g;
  std::vector<TensorId> tensors = {g.Input("x", {1, 6, 6, 8}), g.Input("z", {1, 6, 6, 8})};
  const auto any = [&] { return tensors[random() % tensors.size()]; };
  for (int i = 0; i < 14; ++i) {
    const std::string name = "n" + std::to_string(i);
    const TensorId x = random() % 2 == 0 ? tensors.back() : any();
    switch (random() % 5) {
      case 0:
        tensors.push_back(g.Conv(name, x, 8, 1));
        break;
      case 1:
        tensors.push_back(g.Unary(name, x, {UnaryKind::kTanh}));
        break;
      case 2:
        tensors.push_back(g.Add(name, OpKind::kAdd, {x, any()}));
        break;
      default:
        tensors.push_back(Softmax(g, name, x));
    }
  }
  g.Output(tensors.back());
  g.Output(tensors[2 + random() % 8]);
  RemoveDeadCode(g.graph);
  return g.graph;
}

using Values = std::map<std::string, FloatValues>;

Values RandomInputs(const Graph& graph) {
  std::mt19937_64 random(1);
  Values values;
  for (const TensorId id : graph.inputs) {
    FloatValues& input = values[graph.tensor(id).name];
    for (int64_t i = 0; i < graph.tensor(id).shape.elements(); ++i)
      input.push_back(static_cast<float>(static_cast<double>(random() >> 11U) * 0x1p-51 - 2));
  }
  return values;
}

/// Adds the outputs of a graph; its inputs have to be there.
void RunOn(const Graph& graph, Values& values) {
  std::vector<FloatValues> inputs;
  for (const TensorId id : graph.inputs) {
    ASSERT_TRUE(values.contains(graph.tensor(id).name)) << graph.tensor(id).name;
    inputs.push_back(values[graph.tensor(id).name]);
  }
  const auto outputs = FloatExecutor::Create(graph).value().Run(inputs).value();
  for (size_t i = 0; i < outputs.size(); ++i)
    values[graph.tensor(graph.outputs[i]).name] = outputs[i];
}

TEST(DeviceParts, OfRandomGraphsComputeTheGraph) {
  size_t most = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    const Graph graph = RandomGraph(seed);
    const Target target = seed % 3 == 0 ? FastTarget() : FreeLaunchTarget();
    const Partition partition = PartitionGraph(graph, target).value();
    Values values = RandomInputs(graph);
    std::map<std::string, int> times;
    size_t on_host = 0;
    for (size_t p = 0; p < partition.parts.size(); ++p) {
      const Part& part = partition.parts[p];
      ASSERT_TRUE(Verify(part.graph).ok()) << Verify(part.graph).error().Format();
      if (p > 0) {
        EXPECT_NE(part.on_device, partition.parts[p - 1].on_device);
      }
      for (const Node& node : part.graph.nodes) {
        ++times[node.name];
        on_host += part.on_device ? 0 : 1;
        if (part.on_device) {
          EXPECT_EQ(WhyNotOnDevice(part.graph, node, target), "");
        }
      }
      RunOn(part.graph, values);
    }
    EXPECT_EQ(times.size(), graph.nodes.size());
    for (const auto& [name, count] : times) EXPECT_EQ(count, 1) << name;
    EXPECT_EQ(partition.host_nodes.size(), on_host);
    Values expected = RandomInputs(graph);
    RunOn(graph, expected);
    for (const TensorId id : graph.outputs)
      EXPECT_EQ(values[graph.tensor(id).name], expected[graph.tensor(id).name]);
    most = std::max(most, partition.DeviceParts().size());
  }
  EXPECT_GE(most, 3U);
}

}  // namespace
}  // namespace imcc
