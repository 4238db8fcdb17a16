// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "partition/partition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "ir/small_graph.h"
#include "onnx/import.h"
#include "simplify/same_function.h"
#include "simplify/simplify.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Target SmallTarget() {
  Target target;
  target.array.rows = 512;
  target.array.max_row_tiles = 32;
  target.depthwise_max_taps = 127;
  target.pword = 64;
  target.l1.size = Bytes(1 << 20);
  return target;
}

Partition Cut(const Graph& graph) {
  Result<Partition> result = PartitionGraph(graph, SmallTarget());
  if (result.ok()) return std::move(*result);
  ADD_FAILURE() << result.error().Format();
  return {};
}

std::vector<std::string> Names(const Graph& graph, const std::vector<TensorId>& ids) {
  std::vector<std::string> names;
  for (const TensorId id : ids) names.push_back(graph.tensor(id).name);
  return names;
}

/// Runs the parts one after the other, passing values by name, and the whole graph; compares.
void ExpectComposes(const Graph& graph, const Partition& partition) {
  std::map<std::string, FloatValues> values;
  std::mt19937_64 random(1);
  std::uniform_real_distribution<float> uniform(-2, 2);
  std::vector<FloatValues> inputs;
  for (const TensorId id : graph.inputs) {
    inputs.emplace_back(static_cast<size_t>(graph.tensor(id).shape.elements()));
    for (float& value : inputs.back()) value = uniform(random);
    values[graph.tensor(id).name] = inputs.back();
  }
  const auto run = [&](const Graph& part) {
    ASSERT_TRUE(Verify(part).ok()) << Verify(part).error().Format();
    std::vector<FloatValues> given;
    for (const std::string& name : Names(part, part.inputs)) {
      ASSERT_TRUE(values.contains(name)) << name;
      given.push_back(values[name]);
    }
    const auto outputs = FloatExecutor::Create(part).value().Run(given).value();
    for (size_t i = 0; i < outputs.size(); ++i) {
      values[part.tensor(part.outputs[i]).name] = outputs[i];
    }
  };
  for (const Part& part : partition.parts) run(part.graph);
  const auto expected = FloatExecutor::Create(graph).value().Run(inputs).value();
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(values[graph.tensor(graph.outputs[i]).name], expected[i]);
  }
}

std::vector<std::string> HostNames(const Partition& partition) {
  std::vector<std::string> names;
  for (const HostNode& node : partition.host_nodes) names.push_back(node.node);
  return names;
}

std::vector<std::string> NamesOfParts(const Partition& partition) {
  std::vector<std::string> names;
  for (const Part& part : partition.parts) names.push_back(part.name);
  return names;
}

/// The part of a name; an empty graph if there is none.
Graph PartOf(const Partition& partition, const std::string& name) {
  for (const Part& part : partition.parts)
    if (part.name == name) return part.graph;
  ADD_FAILURE() << "no part " << name;
  return {};
}

TEST(Partition, EverythingOnTheDevice) {
  SmallGraph g;
  g.Output(g.Unary("y", g.Conv("c", g.Input("x", {1, 8, 8, 3}), 4), {UnaryKind::kTanh}));
  const Partition partition = Cut(g.graph);
  EXPECT_THAT(NamesOfParts(partition), ElementsAre("model"));
  EXPECT_THAT(partition.host_nodes, IsEmpty());
  EXPECT_EQ(partition.device_mac_share, 1);
  EXPECT_EQ(Dump(partition.parts[0].graph), Dump(g.graph));
}

TEST(Partition, TailGoesToTheEpilogue) {
  SmallGraph g;
  const TensorId c = g.Conv("c", g.Input("x", {1, 8, 8, 3}), 4);
  const TensorId s = g.Add("s", OpKind::kSoftmax, {c}, SoftmaxAttributes{1});
  g.Output(g.Unary("y", s, {UnaryKind::kRelu}));
  const Partition partition = Cut(g.graph);
  ASSERT_THAT(NamesOfParts(partition), ElementsAre("model", "epilogue"));
  const Graph& device = partition.parts[0].graph;
  const Graph& epilogue = partition.parts[1].graph;
  EXPECT_THAT(Names(device, device.outputs), ElementsAre("c"));
  EXPECT_THAT(Names(epilogue, epilogue.inputs), ElementsAre("c"));
  ASSERT_EQ(partition.host_nodes.size(), 2U);
  EXPECT_THAT(partition.host_nodes[0].reason, HasSubstr("it works along axis 1"));
  EXPECT_EQ(partition.host_nodes[0].part, 1U);
  EXPECT_EQ(partition.host_nodes[0].crossing, Bytes(6 * 6 * 4));
  EXPECT_THAT(partition.host_nodes[1].reason, HasSubstr("too little for a launch"));
  EXPECT_EQ(partition.host_nodes[1].crossing, Bytes(0));
  ExpectComposes(g.graph, partition);
}

TEST(Partition, HeadGoesToThePrologue) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 8, 8, 3});
  const TensorId e =
      g.Add("e", OpKind::kSoftmax, {g.Unary("r", x, {UnaryKind::kRelu})}, SoftmaxAttributes{1});
  g.Output(g.Conv("y", e, 4));
  const Partition partition = Cut(g.graph);
  ASSERT_THAT(NamesOfParts(partition), ElementsAre("prologue", "model"));
  const Graph& device = partition.parts[1].graph;
  EXPECT_THAT(Names(device, device.inputs), ElementsAre("e"));
  EXPECT_EQ(partition.parts[0].graph.nodes.size(), 2U);
  EXPECT_EQ(partition.host_nodes[0].part, 0U);
  EXPECT_EQ(partition.host_nodes[1].crossing, Bytes(8 * 8 * 3));
  ExpectComposes(g.graph, partition);
}

TEST(Partition, DeviceOutputsAreAlsoGraphOutputsOfWhichTheEpilogueReads) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 8, 8, 3});
  const TensorId a = g.Conv("a", x, 4);
  const TensorId b = g.Conv("b", a, 2);
  g.Output(g.Add("y", OpKind::kSoftmax, {a}, SoftmaxAttributes{1}));
  g.Output(a);
  g.Output(b);
  const Partition partition = Cut(g.graph);
  const Graph device = PartOf(partition, "model");
  EXPECT_THAT(Names(device, device.outputs), ElementsAre("a", "b"));
  ExpectComposes(g.graph, partition);
}

TEST(Partition, WorkAfterAHostNodeIsCountedAsHostWork) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 8, 8, 4});
  const TensorId a = g.Conv("a", x, 4, 1);
  g.Output(g.Conv("y", g.Add("e", OpKind::kSoftmax, {a}, SoftmaxAttributes{1}), 4, 1));
  const Partition partition = Cut(g.graph);
  EXPECT_EQ(partition.device_mac_share, 0.5);
  ExpectComposes(g.graph, partition);
}

TEST(Partition, TheLastSoftmaxStaysFloat) {
  SmallGraph g;
  const TensorId c = g.Conv("c", g.Input("x", {1, 8, 8, 3}), 4);
  const TensorId s = g.Add("s", OpKind::kSoftmax, {c}, SoftmaxAttributes{3});
  g.Output(s);
  const Partition partition = Cut(g.graph);
  EXPECT_THAT(Names(PartOf(partition, "model"), PartOf(partition, "model").outputs),
              ElementsAre("c"));
  ASSERT_EQ(partition.host_nodes.size(), 1U);
  EXPECT_THAT(partition.host_nodes[0].reason, HasSubstr("without rounding"));
  ExpectComposes(g.graph, partition);
}

TEST(Partition, SoftmaxInTheMiddleIsTheDevices) {
  SmallGraph g;
  const TensorId c = g.Conv("c", g.Input("x", {1, 8, 8, 3}), 4);
  g.Output(g.Conv("y", g.Add("s", OpKind::kSoftmax, {c}, SoftmaxAttributes{3}), 4, 1));
  EXPECT_TRUE(Cut(g.graph).host_nodes.empty());
  SmallGraph alone;  // With nothing before it that the device could do instead.
  alone.Output(
      alone.Add("s", OpKind::kSoftmax, {alone.Input("x", {1, 8, 8, 3})}, SoftmaxAttributes{3}));
  EXPECT_TRUE(Cut(alone.graph).host_nodes.empty());
}

TEST(Partition, FunctionsOnlyTheHostReadsStayFloat) {
  SmallGraph g;
  const TensorId c = g.Conv("c", g.Input("x", {1, 8, 8, 3}), 4);
  const TensorId e = g.Unary("e", c, {UnaryKind::kExp});
  const TensorId t = g.Unary("t", c, {UnaryKind::kTanh});
  g.Output(g.Add("s", OpKind::kSoftmax, {e}, SoftmaxAttributes{1}));
  g.Output(t);
  const Partition partition = Cut(g.graph);
  const Graph device = PartOf(partition, "model");
  EXPECT_THAT(Names(device, device.outputs), ElementsAre("t", "c"));
  ASSERT_EQ(partition.host_nodes.size(), 2U);
  EXPECT_THAT(partition.host_nodes[0].reason, HasSubstr("without rounding"));
  ExpectComposes(g.graph, partition);
}

TEST(Partition, NothingForTheDeviceRunsOnTheHost) {
  SmallGraph g;
  g.Output(g.Unary("y", g.Add("s", OpKind::kSoftmax, {g.Input("x", {10, 1})}, SoftmaxAttributes{0}),
                   {UnaryKind::kRelu}));
  const Partition partition = Cut(g.graph);
  EXPECT_THAT(NamesOfParts(partition), ElementsAre("host"));
  EXPECT_THAT(partition.DeviceParts(), IsEmpty());
  EXPECT_EQ(partition.host_nodes.size(), 2U);
  EXPECT_EQ(partition.device_mac_share, 0);
  ExpectComposes(g.graph, partition);
}

TEST(Partition, ANetworkWithoutOperatorsIsAnError) {
  SmallGraph g;
  g.Output(g.Input("x", {1, 10}));
  EXPECT_FALSE(PartitionGraph(g.graph, SmallTarget()).ok());
}

TEST(Partition, SharedModelsKeepTheirWorkOnTheDevice) {
  const std::string models = IMCC_SOURCE_DIR "/../shared/models/";
  if (!std::filesystem::exists(models)) GTEST_SKIP() << "../shared is absent";
  const std::map<std::string, bool> has_epilogue = {{"resnet8_cifar10.onnx", false},
                                                    {"mobilenetv2_1.0_224.onnx", false},
                                                    {"squeezenet1.1.onnx", false},
                                                    {"ultraface_RFB-320.onnx", true}};
  for (const auto& [name, epilogue] : has_epilogue) {
    SCOPED_TRACE(name);
    Graph graph = ImportOnnx(models + name, {}).value().graph;
    PassRunner runner({});
    ASSERT_TRUE(Simplify(graph, runner).ok());
    const Partition partition = Cut(graph);
    if (epilogue)
      EXPECT_THAT(NamesOfParts(partition), ElementsAre("model", "epilogue"));
    else
      EXPECT_THAT(NamesOfParts(partition), ElementsAre("model"));
    EXPECT_EQ(partition.device_mac_share, 1);
    if (epilogue) ExpectComposes(graph, partition);
  }
}

TEST(PartitionGraph, ConstantsGoWithTheNodesThatReadThem) {
  SmallGraph g;
  const TensorId map = g.Conv("map", g.Input("x", {1, 8, 8, 3}), 4);
  const TensorId k = g.Constant("k", {1, 6, 6, 4});
  const TensorId placed = g.Add("placed", OpKind::kAdd, {map, k});
  const TensorId joined = g.Add("joined", OpKind::kConcat, {k, placed}, ConcatAttributes{1});
  g.Output(g.Conv("last", joined, 4));
  const Partition partition = Cut(g.graph);
  EXPECT_THAT(partition.host_nodes, IsEmpty());
  ASSERT_THAT(NamesOfParts(partition), ElementsAre("model"));
  EXPECT_THAT(Names(partition.parts[0].graph, partition.parts[0].graph.inputs), ElementsAre("x"));
  ExpectComposes(g.graph, partition);
}

TEST(PartitionGraph, BoxesAreDecodedOnTheHost) {
  SmallGraph g;
  const TensorId map = g.Conv("map", g.Input("x", {1, 8, 8, 3}), 4);
  const TensorId moved = g.Add("moved", OpKind::kAdd, {map, g.Constant("k", {1, 6, 6, 4})});
  const TensorId scores = g.Conv("scores", map, 2, 1);
  g.Output(g.Add("boxes", OpKind::kConcat, {moved, scores}, ConcatAttributes{3}));
  const Partition partition = Cut(g.graph);
  EXPECT_THAT(HostNames(partition), ElementsAre("node_moved", "node_boxes"));
  EXPECT_THAT(partition.host_nodes[0].reason, HasSubstr("behind the last weights"));
  ExpectComposes(g.graph, partition);
}

TEST(PartitionGraph, ScalesBeforeTheEndOfTheHostAreLeftToIt) {
  SmallGraph g;
  const TensorId map = g.Conv("map", g.Input("x", {1, 8, 8, 3}), 4);
  const TensorId rows = g.Add("rows", OpKind::kReshape, {map}, {}, {1, 36, 4});
  const TensorId scaled = g.Add("scaled", OpKind::kMul, {rows, g.Constant("s", {}, {0.1F})});
  g.Output(g.Add("moved", OpKind::kAdd, {scaled, g.Constant("k", {1, 36, 4})}));
  const Partition partition = Cut(g.graph);
  EXPECT_THAT(HostNames(partition), ElementsAre("node_scaled", "node_moved"));
  EXPECT_THAT(partition.host_nodes[0].reason, HasSubstr("without rounding"));
  ExpectComposes(g.graph, partition);
}

TEST(PartitionGraph, WithoutWeightsNothingIsDecoded) {
  SmallGraph g;
  const TensorId x = g.Input("x", {1, 8, 8, 3});
  g.Output(g.Add("moved", OpKind::kAdd, {x, g.Constant("k", {1, 8, 8, 3})}));
  EXPECT_THAT(Cut(g.graph).host_nodes, IsEmpty());
}

}  // namespace
}  // namespace imcc
