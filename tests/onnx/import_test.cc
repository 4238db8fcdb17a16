// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "onnx/tiny_model.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Graph ImportModel(const TinyModel& model, const ImportOptions& options = {}) {
  Result<ImportedModel> result = model.Import(options);
  if (!result.ok()) {
    ADD_FAILURE() << result.error().Format();
    return {};
  }
  EXPECT_TRUE(Verify(result->graph).ok());
  return std::move(result->graph);
}

std::vector<OpKind> KindsOf(const Graph& graph) {
  std::vector<OpKind> kinds;
  for (const Node& node : graph.nodes) kinds.push_back(node.kind);
  return kinds;
}

Shape OutputShape(const Graph& graph) { return ExternalShape(graph.tensor(graph.outputs.at(0))); }

TEST(ImportModel, StoresFeatureMapsChannelsLast) {
  const Graph graph = ImportModel(ResidualModel());
  EXPECT_EQ(graph.tensor(graph.inputs[0]).shape, (Shape{1, 8, 8, 3}));
  EXPECT_EQ(graph.tensor(graph.inputs[0]).layout, Layout::kChannelsLast);
  EXPECT_EQ(OutputShape(graph), (Shape{1, 5}));
  EXPECT_THAT(
      KindsOf(graph),
      ElementsAre(OpKind::kConv, OpKind::kUnary, OpKind::kConv, OpKind::kBatchNorm, OpKind::kAdd,
                  OpKind::kMaxPool, OpKind::kTranspose, OpKind::kReshape, OpKind::kFullyConnected));
}

TEST(ImportModel, PermutesConvolutionWeights) {
  TinyModel m;
  m.Input("x", {1, 2, 2, 2}).Floats("w", {1, 2, 1, 2}, {1, 2, 3, 4});  // [1,C,1,W]
  m.Node("Conv", {"x", "w"}, "y");
  m.Output("y");
  const Graph graph = ImportModel(m);
  const Tensor& weights = graph.tensor(graph.nodes[0].inputs[1]);
  EXPECT_EQ(weights.shape, (Shape{1, 1, 2, 2}));
  EXPECT_THAT(weights.constant, ElementsAre(1, 3, 2, 4));
}

TEST(ImportModel, AutoPadPutsTheOddRowLastOrFirst) {
  for (const auto& [mode, top, bottom] : {std::tuple("SAME_UPPER", 0, 1), {"SAME_LOWER", 1, 0}}) {
    TinyModel m;
    m.Input("x", {1, 1, 8, 8}).Floats("w", {1, 1, 3, 3});
    onnx::NodeProto& conv = m.Node("Conv", {"x", "w"}, "y");
    TinyModel::SetString(conv, "auto_pad", mode);
    TinyModel::SetInts(conv, "strides", {2, 2});
    m.Output("y");
    const Graph graph = ImportModel(m);
    const Padding& padding = graph.nodes[0].as<ConvAttributes>().window.padding;
    EXPECT_EQ(padding.top, top) << mode;
    EXPECT_EQ(padding.bottom, bottom) << mode;
    EXPECT_EQ(OutputShape(graph), (Shape{1, 1, 4, 4}));
  }
}

TEST(ImportModel, CeilModeAddsAPartialWindowButNoneInThePadding) {
  TinyModel m;
  m.Input("x", {1, 1, 6, 4});
  onnx::NodeProto& pool = m.Node("AveragePool", {"x"}, "y");
  TinyModel::SetInts(pool, "kernel_shape", {3, 1});
  TinyModel::SetInts(pool, "strides", {2, 2});
  TinyModel::SetInt(pool, "ceil_mode", 1);
  m.Output("y");
  const Graph graph = ImportModel(m);
  // Rows: ceil(3 / 2) + 1 = 3. Columns: ceil(3 / 2) + 1 = 3, but the third starts at 4: dropped.
  EXPECT_EQ(OutputShape(graph), (Shape{1, 1, 3, 2}));
  EXPECT_FALSE(graph.nodes[0].as<PoolAttributes>().count_include_pad);
}

TEST(ImportModel, FoldsBatchNormToScaleAndShift) {
  TinyModel m;
  m.Input("x", {1, 1, 2, 2});
  m.Floats("gamma", {1}, {3}).Floats("beta", {1}, {1}).Floats("mean", {1}, {2});
  m.Floats("var", {1}, {4});
  m.Node("BatchNormalization", {"x", "gamma", "beta", "mean", "var"}, "y");
  m.Output("y");
  const Graph graph = ImportModel(m);
  EXPECT_NEAR(graph.tensor(graph.nodes[0].inputs[1]).constant[0], 1.5, 1e-5);
  EXPECT_NEAR(graph.tensor(graph.nodes[0].inputs[2]).constant[0], -2, 1e-5);
}

/// The nodes of op(c, x) with one number c.
std::vector<Node> WithNumberFirst(const std::string& op, float c) {
  TinyModel m;
  m.Input("x", {2, 3}).Floats("c", {1}, {c});
  m.Node(op, {"c", "x"}, "y");
  m.Output("y");
  return ImportModel(m).nodes;
}

TEST(ImportModel, ANumberIsALimitOnEitherSide) {
  const auto clip = [](const std::string& op) {
    const std::vector<Node> nodes = WithNumberFirst(op, 0.5F);
    return nodes[0].as<UnaryAttributes>().function;
  };
  EXPECT_EQ(clip("Max").kind, UnaryKind::kClip);
  EXPECT_EQ(clip("Max").alpha, 0.5);
  EXPECT_EQ(clip("Min").beta, 0.5);
}

TEST(ImportModel, ANumberDividedIsAnInverse) {
  const std::vector<Node> one = WithNumberFirst("Div", 1);
  EXPECT_EQ(one[0].as<UnaryAttributes>().function.kind, UnaryKind::kReciprocal);
  const std::vector<Node> three = WithNumberFirst("Div", 3);
  EXPECT_EQ(three[0].kind, OpKind::kMul);
  EXPECT_EQ(three[1].as<UnaryAttributes>().function.kind, UnaryKind::kReciprocal);
  EXPECT_EQ(WithNumberFirst("Div", 0)[0].kind, OpKind::kDiv);  // 0 / x has no such form.
}

TEST(ImportModel, DivisorsOnAGridKeepTheirIntegers) {
  TinyModel m;
  m.Input("x", {1, 2, 3, 3}).Floats("s", {}, {0.5F});
  auto* q = m.graph().add_initializer();
  q->set_name("q");
  q->set_data_type(onnx::TensorProto::INT8);
  for (const int64_t dim : {2, 1, 3}) q->add_dims(dim);
  q->set_raw_data(std::string("\x01\x02\x03\x04\x05\x06", 6));
  m.Node("DequantizeLinear", {"q", "s"}, "d");
  m.Node("Div", {"x", "d"}, "y");
  m.Output("y");
  const Graph graph = ImportModel(m);
  ASSERT_THAT(KindsOf(graph), ElementsAre(OpKind::kDiv));
  const Tensor& divisor = graph.tensor(graph.nodes[0].inputs[1]);
  EXPECT_THAT(divisor.weight_scales, ElementsAre(0.5F));
  EXPECT_EQ(divisor.shape, (Shape{1, 1, 3, 2}));
  EXPECT_THAT(divisor.constant, ElementsAre(0.5F, 2, 1, 2.5F, 1.5F, 3));
}

TEST(ImportModel, OnePixelIsFlattenedWithoutTranspose) {
  TinyModel m;
  m.Input("x", {1, 3, 4, 4});
  m.Node("GlobalAveragePool", {"x"}, "p");
  m.Node("Flatten", {"p"}, "y");
  m.Output("y");
  EXPECT_THAT(KindsOf(ImportModel(m)),
              ElementsAre(OpKind::kAveragePool, OpKind::kReshape, OpKind::kReshape));
}

TEST(ImportModel, NhwcModelsNeedNoTranspose) {
  TinyModel m;
  m.Input("x", {1, 8, 9, 3}).Floats("w", {4, 3, 1, 1}).Floats("scale", {1}, {0.5});
  m.Node("Mul", {"x", "scale"}, "m");
  TinyModel::SetInts(m.Node("Transpose", {"m"}, "t"), "perm", {0, 3, 1, 2});
  m.Node("Conv", {"t", "w"}, "c");
  TinyModel::SetInts(m.Node("Transpose", {"c"}, "y"), "perm", {0, 2, 3, 1});
  m.Output("y");
  const Graph graph = ImportModel(m);
  EXPECT_EQ(graph.tensor(graph.inputs[0]).layout, Layout::kPlain);
  EXPECT_EQ(OutputShape(graph), (Shape{1, 8, 9, 4}));
  EXPECT_THAT(KindsOf(graph),
              ElementsAre(OpKind::kMul, OpKind::kReshape, OpKind::kConv, OpKind::kReshape));
}

TEST(ImportModel, BroadcastsConstantsPerChannel) {
  TinyModel m;
  m.Input("x", {1, 3, 4, 5}).Floats("b", {3, 1, 1}, {1, 2, 3});
  m.Node("Add", {"x", "b"}, "y");
  m.Output("y");
  const Graph graph = ImportModel(m);
  EXPECT_EQ(graph.tensor(graph.nodes[0].inputs[1]).shape, (Shape{1, 1, 1, 3}));
}

TEST(ImportModel, ClipLimitsFromAttributesAndInputs) {
  TinyModel old(10);
  old.Input("x", {1, 4});
  auto* attribute = old.Node("Clip", {"x"}, "y").add_attribute();
  attribute->set_name("max");
  attribute->set_type(onnx::AttributeProto::FLOAT);
  attribute->set_f(6);
  old.Output("y");
  EXPECT_EQ(ImportModel(old).nodes[0].as<UnaryAttributes>().function.beta, 6);
  TinyModel fresh;
  fresh.Input("x", {1, 4}).Floats("lo", {}, {0});
  fresh.Node("Clip", {"x", "lo"}, "y");
  fresh.Output("y");
  EXPECT_EQ(ImportModel(fresh).nodes[0].as<UnaryAttributes>().function.kind, UnaryKind::kRelu);
}

TEST(ImportModel, DynamicBatchIsOne) {
  TinyModel m;
  m.Input("x", {-1, 3, 4, 4});
  m.Node("Relu", {"x"}, "y");
  m.Output("y");
  const Result<ImportedModel> result = m.Import();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(OutputShape(result->graph), (Shape{1, 3, 4, 4}));
  ASSERT_EQ(result->notes.size(), 1U);
  EXPECT_THAT(result->notes[0].message, HasSubstr("dynamic batch"));
}

TEST(ImportModel, DynamicDimensionsComeFromTheOptions) {
  TinyModel m;
  m.Input("x", {-1, 3, -1, -1});
  m.Node("Relu", {"x"}, "y");
  m.Output("y");
  const Result<ImportedModel> without = m.Import();
  ASSERT_FALSE(without.ok());
  EXPECT_THAT(without.error().hint, HasSubstr("--input-shape x:1,3,224,224"));
  EXPECT_EQ(OutputShape(ImportModel(m, {.input_shapes = {{"", {1, 3, 5, 6}}}})),
            (Shape{1, 3, 5, 6}));
  EXPECT_EQ(OutputShape(ImportModel(m, {.input_shapes = {{"x", {1, 3, 7, 6}}}})),
            (Shape{1, 3, 7, 6}));
  EXPECT_FALSE(m.Import({.input_shapes = {{"x", {1, 4, 7, 6}}}}).ok());
  EXPECT_FALSE(m.Import({.input_shapes = {{"x", {1, 3, 7}}}}).ok());
  EXPECT_FALSE(m.Import({.input_shapes = {{"z", {1, 3, 7, 6}}}}).ok());
}

TEST(ImportModel, OutputsKeepTheirNames) {
  TinyModel m;
  m.Input("x", {1, 3, 4, 4});
  m.Node("Relu", {"x"}, "r");
  m.Node("Identity", {"r"}, "y");
  m.Output("y").Output("r");
  const Graph graph = ImportModel(m);
  EXPECT_EQ(graph.tensor(graph.outputs[0]).name, "y");
  EXPECT_EQ(graph.tensor(graph.outputs[1]).name, "r");
}

TEST(ImportModel, ResizeTakesScalesAndSizes) {
  for (const bool sizes : {false, true}) {
    TinyModel m;
    m.Input("x", {1, 3, 5, 6}).Floats("scales", {4}, {1, 1, 2, 1.5}).Ints("sizes", {1, 3, 10, 9});
    onnx::NodeProto& node = m.Node("Resize", {"x", "", sizes ? "" : "scales"}, "y");
    if (sizes) node.add_input("sizes");
    TinyModel::SetString(node, "mode", "linear");
    m.Output("y");
    EXPECT_EQ(OutputShape(ImportModel(m)), (Shape{1, 3, 10, 9}));
  }
}

TEST(ImportModel, OldSoftmaxNormalisesOverAllLaterAxes) {
  TinyModel m(11);
  m.Input("x", {1, 3, 2, 2});
  m.Node("Softmax", {"x"}, "y");
  m.Output("y");
  const Graph graph = ImportModel(m);
  EXPECT_THAT(KindsOf(graph), ElementsAre(OpKind::kTranspose, OpKind::kReshape, OpKind::kSoftmax,
                                          OpKind::kReshape));
  EXPECT_EQ(graph.tensor(graph.nodes[2].output).shape, (Shape{1, 12}));
}

TEST(ImportModel, SortsNodesAndSkipsDeadOnes) {
  TinyModel m;
  m.Input("x", {1, 4});
  m.Node("Tanh", {"a"}, "y");
  m.Node("Sigmoid", {"x"}, "a");
  m.Node("NoSuchOperator", {"x"}, "dead");
  m.Output("y");
  EXPECT_EQ(ImportModel(m).nodes.size(), 2U);
}

TEST(ImportModel, ReadsHalfAndDoubleWeights) {
  TinyModel m;
  m.Input("x", {1, 2});
  auto* w = m.graph().add_initializer();
  w->set_name("w");
  w->set_data_type(onnx::TensorProto::FLOAT16);
  w->add_dims(2);
  w->add_dims(1);
  w->add_int32_data(0x3C00);  // 1
  w->add_int32_data(0xC100);  // -2.5
  m.Node("MatMul", {"x", "w"}, "y");
  m.Output("y");
  const Graph graph = ImportModel(m);
  EXPECT_THAT(graph.tensor(graph.nodes[0].inputs[1]).constant, ElementsAre(1, -2.5));
}

}  // namespace
}  // namespace imcc
