// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/find_channel_ranges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quantize/float_graphs.h"
#include "quantize/quantize.h"

namespace imcc {
namespace {

using ::testing::HasSubstr;

constexpr Window kSameWindow{.kernel_h = 3, .kernel_w = 3, .padding = {1, 1, 1, 1}};
const UnaryFunction kReluFunction{.kind = UnaryKind::kRelu};
const UnaryFunction kRelu6Function{.kind = UnaryKind::kClip, .alpha = 0, .beta = 6};

TEST(FindChannelRanges, BetweenConvolutionsThatClampAndDepthwiseOnes) {
  testing::FloatGraphs b(1);
  const TensorId x = b.Input({1, 6, 6, 3});
  const TensorId wide = b.Conv(x, 8, {}, 1, kRelu6Function);
  const TensorId deep = b.Conv(wide, 8, kSameWindow, 8, kReluFunction);
  const TensorId deeper = b.Conv(deep, 8, kSameWindow, 8);
  const TensorId other = b.Conv(wide, 8, kSameWindow, 8);
  const Graph graph = b.Build({b.Conv(b.Node(OpKind::kAdd, {deeper, other}), 4, {}, 1)});
  const ChannelRangePlan plan = FindChannelRanges(graph);
  for (size_t i = 0; i < graph.tensors.size(); ++i)
    EXPECT_EQ(plan.per_channel[i], TensorId(i) == wide || TensorId(i) == deep) << i;
  EXPECT_TRUE(plan.fallbacks.empty());
}

/// The reason given for the input of a depthwise convolution made by `make`.
template <class Make>
std::string ReasonOf(const Make& make) {
  testing::FloatGraphs b(1);
  std::vector<TensorId> outputs;
  const TensorId input = make(b, outputs);
  outputs.push_back(b.Conv(input, 8, kSameWindow, 8));
  const Graph graph = SplitActivations(b.Build(outputs));
  const ChannelRangePlan plan = FindChannelRanges(graph);
  EXPECT_EQ(plan.fallbacks.size(), 1U);
  EXPECT_FALSE(plan.per_channel[input.index()]);
  return plan.fallbacks.empty() ? "" : plan.fallbacks[0].reason;
}

TEST(FindChannelRanges, SaysWhyNot) {
  using B = testing::FloatGraphs;
  using Outputs = std::vector<TensorId>;
  const Shape shape{1, 6, 6, 8};
  EXPECT_THAT(ReasonOf([&](B& b, Outputs&) { return b.Input(shape); }),
              HasSubstr("input of the network"));
  EXPECT_THAT(ReasonOf([&](B& b, Outputs&) { return b.Conv(b.Input(shape), 8, {}, 1); }),
              HasSubstr("clamp at zero"));
  EXPECT_THAT(ReasonOf([&](B& b, Outputs&) {
                return b.Conv(b.Input(shape), 8, {}, 1,
                              {.kind = UnaryKind::kClip, .alpha = -1, .beta = 1});
              }),
              HasSubstr("clamp at zero"));
  EXPECT_THAT(ReasonOf([&](B& b, Outputs&) {
                return b.Conv(b.Input(shape), 8, {}, 1, {.kind = UnaryKind::kSilu});
              }),
              HasSubstr("no convolution"));
  EXPECT_THAT(ReasonOf([&](B& b, Outputs& outputs) {
                outputs.push_back(b.Conv(b.Input(shape), 8, {}, 1, kReluFunction));
                return outputs.back();
              }),
              HasSubstr("output of the network"));
  EXPECT_THAT(ReasonOf([&](B& b, Outputs& outputs) {
                const TensorId x = b.Conv(b.Input(shape), 8, {}, 1, kReluFunction);
                outputs.push_back(b.Conv(x, 4, {}, 1));
                return x;
              }),
              HasSubstr("'n1', which is no depthwise convolution"));
}

}  // namespace
}  // namespace imcc
