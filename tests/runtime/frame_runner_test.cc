// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "runtime/frame_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imcc {
namespace {

using ::testing::ElementsAre;

QTensor DeviceTensor(const std::string& name, float scale, int32_t zero) {
  return {.name = name,
          .shape = {1, 1, 2, 3},
          .layout = Layout::kChannelsLast,
          .quantization = {.scale = {scale}, .zero_point = {zero}}};
}

/// A device with one 1x2 image of three channels in and out.
NetworkParts Parts() {
  NetworkParts parts;
  parts.parts = {
      DevicePart{.inputs = {DeviceTensor("x", 0.5F, 10)}, .outputs = {DeviceTensor("y", 2.0F, 0)}}};
  parts.inputs = {{"x", {1, 3, 1, 2}}};
  parts.outputs = {{"y", {1, 3, 1, 2}}};
  return parts;
}

DevicePart& Device(NetworkParts& parts) { return std::get<DevicePart>(parts.parts[0]); }

/// A host graph that only renames: a reshape from `in` to `out`.
Graph Rename(const std::string& in, const std::string& out) {
  Graph graph;
  graph.name = "rename";
  Tensor tensor{.name = in, .shape = {1, 1, 2, 3}, .layout = Layout::kChannelsLast};
  const TensorId x = graph.AddTensor(tensor);
  tensor.name = out;
  const TensorId y = graph.AddTensor(tensor);
  Node node{.kind = OpKind::kReshape, .name = "r", .onnx_op = "Reshape", .inputs = {x}};
  node.output = y;
  graph.nodes.push_back(node);
  graph.inputs = {x};
  graph.outputs = {y};
  return graph;
}

TEST(FrameRunner, QuantisesReordersAndDequantises) {
  Result<FrameRunner> runner = FrameRunner::Create(Parts());
  ASSERT_TRUE(runner.ok()) << runner.error().Format();
  std::vector<Int8Values> seen;
  const Result<Frame> frame =
      runner->Run({{1, 2, 3, 4, 5, 1000}}, [&](size_t, const std::vector<Int8Values>& inputs) {
        seen = inputs;
        return Result<std::vector<Int8Values>>({{1, 2, 3, 4, 5, 6}});
      });
  ASSERT_TRUE(frame.ok()) << frame.error().Format();
  // Planes {1,2} {3,4} {5,1000} as pixels {1,3,5} {2,4,1000}; q = x / 0.5 + 10, saturated.
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_THAT(seen[0], ElementsAre(12, 16, 20, 14, 18, 127));
  // Pixels {1,2,3} {4,5,6} as planes, times 2.
  EXPECT_THAT(frame->outputs[0], ElementsAre(2, 8, 4, 10, 6, 12));
  EXPECT_THAT(frame->device_outputs[0], ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(FrameRunner, ValuesCrossHostPartsByName) {
  NetworkParts parts = Parts();
  parts.parts.insert(parts.parts.begin(), Rename("image", "x"));
  parts.parts.emplace_back(Rename("y", "result"));
  parts.inputs = {{"image", {1, 3, 1, 2}}};
  parts.outputs = {{"result", {1, 3, 1, 2}}, {"y", {1, 3, 1, 2}}};
  Result<FrameRunner> runner = FrameRunner::Create(parts, 1);
  ASSERT_TRUE(runner.ok()) << runner.error().Format();
  const Result<Frame> frame =
      runner->Run({{0, 0, 0, 0, 0, 1}}, [](size_t, const std::vector<Int8Values>& inputs) {
        EXPECT_THAT(inputs[0], ElementsAre(10, 10, 10, 10, 10, 12));
        return Result<std::vector<Int8Values>>(inputs);
      });
  ASSERT_TRUE(frame.ok()) << frame.error().Format();
  EXPECT_THAT(frame->outputs[0], ElementsAre(20, 20, 20, 20, 20, 24));
  EXPECT_EQ(frame->outputs[1], frame->outputs[0]);
}

/// device x -> y, host y -> z, device z and y -> w: y crosses over two parts.
NetworkParts TwoDeviceParts() {
  NetworkParts parts = Parts();
  parts.parts.emplace_back(Rename("y", "z"));
  parts.parts.emplace_back(
      DevicePart{.inputs = {DeviceTensor("z", 1.0F, 0), DeviceTensor("y", 4.0F, 1)},
                 .outputs = {DeviceTensor("w", 1.0F, 0)}});
  parts.outputs = {{"w", {1, 3, 1, 2}}};
  return parts;
}

TEST(FrameRunner, DevicePartsTakeTurnsWithTheHost) {
  Result<FrameRunner> runner = FrameRunner::Create(TwoDeviceParts());
  ASSERT_TRUE(runner.ok()) << runner.error().Format();
  std::vector<size_t> called;
  const Result<Frame> frame =
      runner->Run({{0, 0, 0, 0, 0, 0}}, [&](size_t part, const std::vector<Int8Values>& inputs) {
        called.push_back(part);
        if (part == 0) return Result<std::vector<Int8Values>>({{2, 4, 6, 8, 10, 12}});
        // y is twice these; z has scale 1, y now scale 4 and zero point 1.
        EXPECT_THAT(inputs[0], ElementsAre(4, 8, 12, 16, 20, 24));
        EXPECT_THAT(inputs[1], ElementsAre(2, 3, 4, 5, 6, 7));
        return Result<std::vector<Int8Values>>({inputs[1]});
      });
  ASSERT_TRUE(frame.ok()) << frame.error().Format();
  EXPECT_THAT(called, ElementsAre(0, 1));
  EXPECT_THAT(frame->outputs[0], ElementsAre(2, 5, 3, 6, 4, 7));
  ASSERT_EQ(frame->device_outputs.size(), 2U);
  EXPECT_THAT(frame->device_outputs[0], ElementsAre(2, 4, 6, 8, 10, 12));
}

TEST(FrameRunner, PartsInAWrongOrderAreRefused) {
  NetworkParts parts = TwoDeviceParts();
  std::swap(parts.parts[1], parts.parts[2]);
  EXPECT_FALSE(FrameRunner::Create(std::move(parts)).ok());
}

TEST(FrameRunner, ANetworkMayRunOnTheHostAlone) {
  NetworkParts parts;
  parts.parts = {Rename("x", "y")};
  parts.inputs = {{"x", {1, 3, 1, 2}}};
  parts.outputs = {{"y", {1, 3, 1, 2}}};
  Result<FrameRunner> runner = FrameRunner::Create(std::move(parts));
  ASSERT_TRUE(runner.ok());
  const Result<Frame> frame = runner->Run({{1, 2, 3, 4, 5, 6}}, {});
  ASSERT_TRUE(frame.ok());
  EXPECT_THAT(frame->outputs[0], ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(FrameRunner, PartsThatDoNotFitAreRefused) {
  NetworkParts wrong_input = Parts();
  wrong_input.inputs[0].name = "other";
  NetworkParts wrong_size = Parts();
  wrong_size.inputs[0].shape = {1, 3, 1, 3};
  NetworkParts no_output = Parts();
  no_output.outputs[0].name = "z";
  NetworkParts no_scale = Parts();
  Device(no_scale).inputs[0].quantization.scale.clear();
  NetworkParts odd_scales = Parts();
  Device(odd_scales).outputs[0].quantization = {.scale = {1, 2}, .zero_point = {0, 0}};
  NetworkParts stray = Parts();
  stray.parts.emplace_back(Rename("unknown", "z"));
  for (const NetworkParts& parts :
       {wrong_input, wrong_size, no_output, no_scale, odd_scales, stray}) {
    const Result<FrameRunner> runner = FrameRunner::Create(parts);
    ASSERT_FALSE(runner.ok());
    EXPECT_EQ(runner.error().code, ErrorCode::kFormat);
  }
}

TEST(FrameRunner, InputsOfAWrongSizeAreRefused) {
  Result<FrameRunner> runner = FrameRunner::Create(Parts());
  ASSERT_TRUE(runner.ok());
  const auto device = [](size_t, const std::vector<Int8Values>& inputs) {
    return Result<std::vector<Int8Values>>(inputs);
  };
  EXPECT_FALSE(runner->Run({}, device).ok());
  EXPECT_FALSE(runner->Run({{1, 2, 3}}, device).ok());
  EXPECT_TRUE(runner->Run({{1, 2, 3, 4, 5, 6}}, device).ok());
}

}  // namespace
}  // namespace imcc
