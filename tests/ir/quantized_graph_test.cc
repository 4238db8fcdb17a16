// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/quantized_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace imcc {
namespace {

using ::testing::HasSubstr;

TEST(WindowOutput, FloorMode) {
  const Window window{.kernel_h = 3,
                      .kernel_w = 3,
                      .stride_h = 2,
                      .stride_w = 1,
                      .dilation_w = 2,
                      .padding = {1, 1, 1, 0}};
  // Rows: (8 + 2 - 3) / 2 + 1 = 4. Columns: (9 + 1 - 5) / 1 + 1 = 6.
  EXPECT_EQ(WindowOutput(window, {8, 9, 3}, 16), (FeatureMap{4, 6, 16}));
  EXPECT_EQ(WindowOutput({.kernel_h = 9}, {8, 9, 3}, 16).height, 0);
}

TEST(AverageRequantizer, DividesByTheCount) {
  EXPECT_EQ(AverageRequantizer(0.5F, 4), MakeRequantizer(0.125F));
  EXPECT_EQ(AverageRequantizer(1.0F, 49), MakeRequantizer(static_cast<float>(1.0 / 49)));
}

std::vector<int> Lines(const ResizeAttributes& attributes, int64_t in, int64_t out) {
  std::vector<int> lines;
  for (const ResizeTap& tap : MakeResizeTaps(attributes, in, out, double(out) / double(in))) {
    EXPECT_EQ(tap.weight, 0);
    lines.push_back(tap.lo);
  }
  return lines;
}

TEST(MakeResizeTaps, NearestRules) {
  using R = ResizeAttributes;
  const auto with = [](R::Coordinates coordinates, R::Nearest nearest) {
    return R{.mode = R::Mode::kNearest, .coordinates = coordinates, .nearest = nearest};
  };
  // Asymmetric, doubling: 0, 0.5, 1, 1.5.
  EXPECT_EQ(Lines(with(R::Coordinates::kAsymmetric, R::Nearest::kFloor), 2, 4),
            (std::vector<int>{0, 0, 1, 1}));
  EXPECT_EQ(Lines(with(R::Coordinates::kAsymmetric, R::Nearest::kCeil), 2, 4),
            (std::vector<int>{0, 1, 1, 1}));
  EXPECT_EQ(Lines(with(R::Coordinates::kAsymmetric, R::Nearest::kRoundPreferFloor), 2, 4),
            (std::vector<int>{0, 0, 1, 1}));
  EXPECT_EQ(Lines(with(R::Coordinates::kAsymmetric, R::Nearest::kRoundPreferCeil), 2, 4),
            (std::vector<int>{0, 1, 1, 1}));
  // Align corners, 3 to 5: 0, 0.5, 1, 1.5, 2.
  EXPECT_EQ(Lines(with(R::Coordinates::kAlignCorners, R::Nearest::kRoundPreferFloor), 3, 5),
            (std::vector<int>{0, 0, 1, 1, 2}));
}

TEST(MakeResizeTaps, LinearHalfPixelClampsAtTheBorder) {
  const ResizeAttributes attributes{.mode = ResizeAttributes::Mode::kLinear};
  // Doubling two lines: -0.25 (clamped to 0), 0.25, 0.75, 1.25 (clamped to 1).
  const std::vector<ResizeTap> taps = MakeResizeTaps(attributes, 2, 4, 2.0);
  ASSERT_EQ(taps.size(), 4U);
  const uint16_t quarter = 1 << 13;
  EXPECT_EQ(taps[0].weight, 0);
  EXPECT_EQ(taps[1].weight, quarter);
  EXPECT_EQ(taps[2].weight, 3 * quarter);
  EXPECT_EQ(taps[3].lo, 1);
  EXPECT_EQ(taps[3].weight, 0);
}

TEST(MakeResizeTaps, PytorchHalfPixelOfOneLineIsTheFirst) {
  ResizeAttributes attributes{.mode = ResizeAttributes::Mode::kLinear,
                              .coordinates = ResizeAttributes::Coordinates::kPytorchHalfPixel};
  EXPECT_EQ(MakeResizeTaps(attributes, 5, 1, 0.2)[0].weight, 0);
  EXPECT_EQ(MakeResizeTaps(attributes, 5, 1, 0.2)[0].lo, 0);
  attributes.coordinates = ResizeAttributes::Coordinates::kHalfPixel;
  EXPECT_EQ(MakeResizeTaps(attributes, 5, 1, 0.2)[0].lo, 2);
}

TEST(QuantizeValues, RoundsHalfToEvenAndSaturates) {
  const QTensor tensor{"t", {1, 6}, Layout::kPlain, {{0.5F}, {3}}};
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(QuantizeValues({0.25F, 0.75F, -0.25F, 1e9F, -inf, std::nanf("")}, tensor),
            (std::vector<int8_t>{3, 5, 3, 127, -128, 3}));
  EXPECT_EQ(DequantizeValues({3, 5, 127, -128, 4, 2}, tensor),
            (std::vector<float>{0, 1, 62, -65.5F, 0.5F, -0.5F}));
}

TEST(QuantizeValues, PerChannel) {
  const QTensor tensor{"t", {1, 1, 2, 2}, Layout::kChannelsLast, {{1.0F, 2.0F}, {0, 1}}};
  EXPECT_EQ(QuantizeValues({4, 4, 6, 6}, tensor), (std::vector<int8_t>{4, 3, 6, 4}));
}

QuantizedGraph Pointwise() {
  QuantizedGraph graph;
  graph.name = "g";
  graph.tensors = {{"x", {1, 2, 2, 3}, Layout::kChannelsLast, {}},
                   {"y", {1, 2, 2, 1}, Layout::kChannelsLast, {}}};
  QConv conv{.in_channels = 3,
             .out_channels = 1,
             .weights = {1, 2, 3},
             .weight_scales = {1},
             .bias = {0},
             .requantizers = {MakeRequantizer(1)}};
  graph.nodes = {{"conv", "Conv", {QTensorId(0)}, QTensorId(1), conv}};
  graph.inputs = {QTensorId(0)};
  graph.outputs = {QTensorId(1)};
  return graph;
}

TEST(CountMacs, OfAConvolution) {
  const QuantizedGraph graph = Pointwise();
  EXPECT_EQ(CountMacs(graph, graph.nodes[0]), Macs(12));
}

/// Two products of a 2x3 and a 5x3 matrix.
QuantizedGraph Product() {
  QuantizedGraph graph;
  graph.tensors = {{"a", {2, 2, 3}, Layout::kPlain, {{1}, {7}}},
                   {"b", {2, 5, 3}, Layout::kPlain, {}},
                   {"y", {2, 2, 5}, Layout::kPlain, {}}};
  graph.nodes = {{"product", "MatMul", {QTensorId(0), QTensorId(1)}, QTensorId(2), QMatMul{}}};
  graph.inputs = {QTensorId(0), QTensorId(1)};
  graph.outputs = {QTensorId(2)};
  return graph;
}

TEST(CountMacs, OfAProduct) {
  EXPECT_EQ(CountMacs(Product(), Product().nodes[0]), Macs(2 * 2 * 5 * 3));
}

TEST(VerifyQuantizedGraph, Products) {
  QuantizedGraph graph = Product();
  EXPECT_TRUE(Verify(graph).ok()) << Verify(graph).error().Format();
  graph.tensors[1].shape = {1, 5, 3};
  EXPECT_TRUE(Verify(graph).ok()) << "one matrix for all";
  const auto broken = [](auto damage) {
    QuantizedGraph product = Product();
    damage(product);
    const Status status = Verify(product);
    return status.ok() ? std::string("nothing") : status.error().message;
  };
  EXPECT_THAT(broken([](auto& g) { g.tensors[1].quantization.zero_point = {1}; }),
              HasSubstr("not symmetric"));
  EXPECT_THAT(broken([](auto& g) { g.tensors[1].shape = {3, 5, 3}; }), HasSubstr("cannot give"));
  EXPECT_THAT(broken([](auto& g) { g.tensors[1].shape = {2, 3, 5}; }), HasSubstr("cannot give"));
  EXPECT_THAT(broken([](auto& g) { g.nodes[0].inputs.pop_back(); }), HasSubstr("1 inputs"));
}

TEST(DumpQuantizedGraph, OneLineANode) {
  EXPECT_EQ(Dump(Pointwise()),
            "quantized graph 'g'\n"
            "  input %0 'x' 1x2x2x3 1*(q+0)\n"
            "  %1 'y' 1x2x2x1 1*(q+0) = Conv(%0) 1x1 'conv'\n"
            "  output %1\n");
}

/// The same with a constant joined to the result.
QuantizedGraph WithConstant() {
  QuantizedGraph graph = Pointwise();
  graph.tensors.push_back({"k", {1, 2, 2, 1}, Layout::kChannelsLast, {}, {1, 2, 3, 4}});
  graph.tensors.push_back({"z", {1, 2, 4, 1}, Layout::kChannelsLast, {}, {}});
  graph.nodes.push_back({"join",
                         "Concat",
                         {QTensorId(1), QTensorId(2)},
                         QTensorId(3),
                         QConcat{.axis = 2, .tables = {QTable{}, QTable{}}}});
  graph.outputs = {QTensorId(3)};
  return graph;
}

TEST(DumpQuantizedGraph, NamesConstants) {
  EXPECT_THAT(Dump(WithConstant()), HasSubstr("  input %0 'x' 1x2x2x3 1*(q+0)\n"
                                              "  constant %2 'k' 1x2x2x1 1*(q+0)\n"));
}

TEST(VerifyQuantizedGraph, ConstantsAreReadAndNeverWritten) {
  EXPECT_TRUE(Verify(WithConstant()).ok());
  const auto broken = [](const std::function<void(QuantizedGraph&)>& damage) {
    QuantizedGraph graph = WithConstant();
    damage(graph);
    const Status status = Verify(graph);
    return status.ok() ? "" : status.error().Format();
  };
  EXPECT_THAT(broken([](auto& g) { g.tensors[2].constant.pop_back(); }),
              HasSubstr("3 values for shape 1x2x2x1"));
  EXPECT_THAT(broken([](auto& g) { g.nodes[0].output = QTensorId(2); }),
              HasSubstr("writes 'k', a constant"));
  EXPECT_THAT(broken([](auto& g) { g.inputs = {QTensorId(2)}; }), HasSubstr("a constant"));
  EXPECT_THAT(broken([](auto& g) { g.outputs = {QTensorId(2)}; }), HasSubstr("is a constant"));
}

TEST(VerifyQuantizedGraph, AcceptsASoundGraph) {
  const Status status = Verify(Pointwise());
  EXPECT_TRUE(status.ok());
}

struct Damage {
  const char* name;
  std::function<void(QuantizedGraph&)> apply;
  const char* message;
};

class VerifyDamaged : public ::testing::TestWithParam<Damage> {};

TEST_P(VerifyDamaged, SaysWhatIsWrong) {
  QuantizedGraph graph = Pointwise();
  GetParam().apply(graph);
  const Status status = Verify(graph);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().Format(), HasSubstr(GetParam().message));
}

QConv& ConvOf(QuantizedGraph& graph) { return std::get<QConv>(graph.nodes[0].operation); }

INSTANTIATE_TEST_SUITE_P(
    Kinds, VerifyDamaged,
    ::testing::Values(
        Damage{"Unknown", [](auto& g) { g.nodes[0].inputs[0] = QTensorId(7); }, "does not exist"},
        Damage{"Unwritten", [](auto& g) { g.inputs.clear(); }, "before it is written"},
        Damage{"Twice", [](auto& g) { g.nodes.push_back(g.nodes[0]); }, "again"},
        Damage{"NoOutput", [](auto& g) { g.outputs.clear(); }, "no outputs"},
        Damage{"Scale", [](auto& g) { g.tensors[0].quantization.scale[0] = 0; }, "scale 0"},
        Damage{"Zero", [](auto& g) { g.tensors[0].quantization.zero_point[0] = 128; }, "not int8"},
        Damage{"Scales",
               [](auto& g) {
                 g.tensors[0].quantization.scale = {1, 1};
               },
               "2 scales"},
        Damage{"Shape",
               [](auto& g) {
                 g.tensors[1].shape = {1, 2, 1, 1};
               },
               "should be 2x2x1"},
        Damage{"Empty",
               [](auto& g) {
                 g.tensors[1].shape = {1, 0, 1, 1};
               },
               "empty"},
        Damage{"Huge",
               [](auto& g) {
                 g.tensors[1].shape = {1, 1 << 30, 1 << 30, 1 << 30};
               },
               "too large"},
        Damage{"Bias", [](auto& g) { ConvOf(g).bias.clear(); }, "wrong size"},
        Damage{"Groups", [](auto& g) { ConvOf(g).groups = 0; }, "groups"},
        Damage{"Stride", [](auto& g) { ConvOf(g).window.stride_h = 0; }, "window"},
        Damage{"Clamp",
               [](auto& g) {
                 ConvOf(g).clamp = {5, 4};
               },
               "clamp is empty"},
        Damage{"Channels",
               [](auto& g) {
                 g.tensors[0].quantization = {{1, 1, 1}, {0, 0, 0}};
               },
               "a scale per channel"},
        Damage{"ZeroPoints",
               [](auto& g) {
                 ConvOf(g).weights.resize(2 * ConvOf(g).weights.size());
                 ConvOf(g).out_channels = 2;
                 ConvOf(g).weight_scales.resize(2, 1);
                 ConvOf(g).bias.resize(2);
                 ConvOf(g).requantizers.resize(2);
                 g.tensors[1].shape[3] = 2;
                 g.tensors[1].quantization = {{1, 1}, {0, 1}};
               },
               "several zero points"},
        Damage{"Table", [](auto& g) { g.nodes[0].operation = QTable{}; }, "changes the shape"},
        Damage{"Reshape", [](auto& g) { g.nodes[0].operation = QReshape{}; }, "elements"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace imcc
