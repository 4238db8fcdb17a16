// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <random>

#include "reference/float_graph.h"

namespace imcc::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;

TEST(FloatConv, OneByOneMixesChannels) {
  FloatGraph g;
  const TensorId x = g.Input({1, 1, 2, 2});
  const TensorId w = g.Constant({3, 1, 1, 2}, {1, 2, 3, 4, 5, 6});
  const TensorId b = g.Constant({3}, {10, 20, 30});
  g.graph.outputs = {g.Add(OpKind::kConv, {x, w, b}, ConvAttributes{})};
  EXPECT_THAT(RunGraph(g.graph, {{1, 2, 3, 4}}).at(0), ElementsAre(15, 31, 47, 21, 45, 69));
}

TEST(FloatConv, AsymmetricPaddingAndStride) {
  FloatGraph g;
  const TensorId x = g.Input({1, 2, 3, 1});
  const TensorId w = g.Constant({1, 2, 2, 1}, {1, 10, 100, 1000});
  const Window window{
      .kernel_h = 2, .kernel_w = 2, .stride_w = 2, .padding = {.top = 1, .bottom = 0, .right = 1}};
  g.graph.outputs = {g.Add(OpKind::kConv, {x, w}, ConvAttributes{.window = window})};
  // 1 2 3 / 4 5 6 with a row of zeros above and a column of zeros to the right.
  EXPECT_THAT(RunGraph(g.graph, {{1, 2, 3, 4, 5, 6}}).at(0), ElementsAre(2100, 300, 5421, 603));
}

TEST(FloatConv, DilationSkipsPixels) {
  FloatGraph g;
  const TensorId x = g.Input({1, 1, 5, 1});
  const TensorId w = g.Constant({1, 1, 2, 1}, {1, 10});
  const Window window{.kernel_w = 2, .dilation_w = 3};
  g.graph.outputs = {g.Add(OpKind::kConv, {x, w}, ConvAttributes{.window = window})};
  EXPECT_THAT(RunGraph(g.graph, {{1, 2, 3, 4, 5}}).at(0), ElementsAre(41, 52));
}

TEST(FloatConv, GroupsSeeOnlyTheirChannels) {
  FloatGraph g;
  const TensorId x = g.Input({1, 1, 1, 4});
  const TensorId w = g.Constant({2, 1, 1, 2}, {1, 10, 100, 1000});
  g.graph.outputs = {g.Add(OpKind::kConv, {x, w}, ConvAttributes{.groups = 2})};
  EXPECT_THAT(RunGraph(g.graph, {{1, 2, 3, 4}}).at(0), ElementsAre(21, 4300));
}

TEST(FloatConv, DepthwiseWithActivation) {
  FloatGraph g;
  const TensorId x = g.Input({1, 1, 2, 3});
  const TensorId w = g.Constant({3, 1, 2, 1}, {1, 1, -1, -1, 2, 2});
  const Window window{.kernel_w = 2};
  g.graph.outputs = {g.Add(OpKind::kConv, {x, w}, ConvAttributes{.window = window, .groups = 3})};
  g.graph.nodes[0].activation = {.kind = UnaryKind::kClip, .alpha = 0, .beta = 6};
  EXPECT_THAT(RunGraph(g.graph, {{1, 2, 3, 1, 2, 3}}).at(0), ElementsAre(2, 0, 6));
}

TEST(FloatConv, FullyConnectedOverRows) {
  FloatGraph g;
  const TensorId x = g.Input({2, 3});
  const TensorId w = g.Constant({2, 3}, {1, 2, 3, 4, 5, 6});
  const TensorId b = g.Constant({2}, {0.5F, -0.5F});
  g.graph.outputs = {g.Add(OpKind::kFullyConnected, {x, w, b})};
  EXPECT_THAT(RunGraph(g.graph, {{1, 0, 0, 1, 1, 1}}).at(0), ElementsAre(1.5F, 3.5F, 6.5F, 14.5F));
}

TEST(FloatConv, ComputedWeightsAreRefused) {
  FloatGraph g;
  const TensorId x = g.Input({1, 3});
  const TensorId w = g.Input({2, 3});
  g.graph.outputs = {g.Add(OpKind::kFullyConnected, {x, w})};
  const auto executor = FloatExecutor::Create(g.graph, 1);
  ASSERT_FALSE(executor.ok());
  EXPECT_EQ(executor.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(executor.error().message, ::testing::HasSubstr("constant"));
}

/// A convolution case and its answer by definition, in double.
struct Case {
  Shape x, w;
  ConvAttributes attributes;
};

FloatValues ByDefinition(const Case& c, const Shape& y, const FloatValues& x,
                         const FloatValues& w) {
  FloatValues out;
  const Window& k = c.attributes.window;
  const int64_t group_out = c.w[0] / c.attributes.groups;
  for (int64_t i = 0; i < y[1]; ++i)
    for (int64_t j = 0; j < y[2]; ++j)
      for (int64_t o = 0; o < y[3]; ++o) {
        double sum = 0;
        for (int64_t p = 0; p < c.w[1]; ++p)
          for (int64_t q = 0; q < c.w[2]; ++q)
            for (int64_t m = 0; m < c.w[3]; ++m) {
              const int64_t row = i * k.stride_h + p * k.dilation_h - k.padding.top;
              const int64_t column = j * k.stride_w + q * k.dilation_w - k.padding.left;
              if (row < 0 || row >= c.x[1] || column < 0 || column >= c.x[2]) continue;
              const int64_t channel = o / group_out * c.w[3] + m;
              sum += double(x[size_t((row * c.x[2] + column) * c.x[3] + channel)]) *
                     double(w[size_t(((o * c.w[1] + p) * c.w[2] + q) * c.w[3] + m)]);
            }
        out.push_back(static_cast<float>(sum));
      }
  return out;
}

FloatValues Random(int64_t count, uint32_t seed) {
  std::mt19937 engine(seed);
  FloatValues values(static_cast<size_t>(count));
  for (float& value : values) value = static_cast<float>(engine() % 2001) / 1000.0F - 1.0F;
  return values;
}

std::vector<Case> Cases() {
  const auto square = [](int64_t k, int64_t s, int64_t d, int64_t p) {
    return Window{.kernel_h = k,
                  .kernel_w = k,
                  .stride_h = s,
                  .stride_w = s,
                  .dilation_h = d,
                  .dilation_w = d,
                  .padding = {p, p, p, p}};
  };
  Window odd = square(3, 2, 1, 0);
  odd.padding = {.top = 0, .left = 2, .bottom = 1, .right = 1};
  return {
      {{1, 14, 14, 256}, {512, 1, 1, 256}, {square(1, 1, 1, 0), 1}},
      {{1, 7, 7, 512}, {64, 3, 3, 512}, {square(3, 1, 1, 1), 1}},
      {{1, 32, 32, 3}, {32, 7, 7, 3}, {square(7, 2, 1, 3), 1}},
      {{1, 28, 28, 96}, {96, 3, 3, 1}, {square(3, 1, 2, 2), 96}},
      {{1, 15, 17, 48}, {48, 3, 3, 1}, {odd, 48}},
      {{1, 14, 14, 64}, {64, 3, 3, 16}, {square(3, 1, 1, 1), 4}},
      {{1, 9, 9, 6}, {10, 3, 3, 3}, {odd, 2}},
      {{1, 20, 20, 21}, {5, 5, 5, 21}, {square(5, 1, 2, 4), 1}},
      {{1, 1, 1, 960}, {1001, 1, 1, 960}, {square(1, 1, 1, 0), 1}},
      {{2, 8, 8, 24}, {40, 1, 1, 24}, {square(1, 2, 1, 0), 1}},
  };
}

TEST(FloatConv, EqualsItsDefinitionAndIgnoresTheNumberOfThreads) {
  uint32_t seed = 1;
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.x.ToString() + " * " + c.w.ToString());
    const FloatValues x = Random(c.x.elements(), ++seed);
    const FloatValues w = Random(c.w.elements(), ++seed);
    FloatGraph g;
    const TensorId input = g.Input(c.x);
    g.graph.outputs = {g.Add(OpKind::kConv, {input, g.Constant(c.w, w)}, c.attributes)};
    const auto one = RunGraph(g.graph, {x}, 1);
    if (c.x[0] == 1) {
      EXPECT_THAT(one.at(0),
                  Pointwise(FloatNear(2e-4F),
                            ByDefinition(c, g.graph.tensor(g.graph.outputs[0]).shape, x, w)));
    }
    for (const int threads : {2, 3, 5}) EXPECT_EQ(RunGraph(g.graph, {x}, threads), one) << threads;
  }
}

TEST(FloatConv, LargeFullyConnectedIgnoresTheNumberOfThreads) {
  FloatGraph g;
  const TensorId x = g.Input({1, 4096});
  const TensorId w = g.Constant({100, 4096}, Random(100 * 4096, 5));
  g.graph.outputs = {g.Add(OpKind::kFullyConnected, {x, w})};
  const FloatValues input = Random(4096, 6);
  const auto one = RunGraph(g.graph, {input}, 1);
  for (const int threads : {0, 2, 4}) EXPECT_EQ(RunGraph(g.graph, {input}, threads), one);
}

}  // namespace
}  // namespace imcc::testing
