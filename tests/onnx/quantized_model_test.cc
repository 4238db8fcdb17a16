// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Models that are quantised already: QDQ and operators on int8.
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <filesystem>

#include "base/check.h"
#include "base/files.h"
#include "onnx/export.h"
#include "onnx/host_tensor.h"
#include "onnx/import.h"
#include "quantize/adopt_scales.h"
#include "quantize/float_graphs.h"
#include "quantize/quantize.h"
#include "reference/float_executor.h"
#include "reference/integer_executor.h"
#include "simplify/simplify.h"
#include "support/graph_builder.h"

namespace imcc {
namespace {

namespace fs = std::filesystem;

Result<QuantizedGraph> QuantizeAsGiven(const std::string& model) {
  IMCC_ASSIGN(ImportedModel imported, ImportOnnxBytes(model, "", {}));
  PassRunner runner({});
  IMCC_TRY(Simplify(imported.graph, runner));
  GivenScales given = AdoptScales(imported.graph);
  const std::vector<std::string> missing = TensorsWithoutScale(imported.graph, given);
  if (!missing.empty())
    return Error{.code = ErrorCode::kData, .message = missing.front() + " has no scale"};
  Calibration calibration = WithoutCalibration(imported.graph);
  calibration.given = std::move(given);
  return Quantize(imported.graph, calibration);
}

QuantizedGraph QuantizeTiny(const Graph& graph) {
  const SampleSource samples = [&](int64_t i) -> Result<std::vector<std::vector<float>>> {
    return testing::RandomSample(graph, static_cast<unsigned>(i));
  };
  const auto calibration =
      Calibrate(graph, samples, 8, {.scheme = QuantizationScheme::kPerTensorMinMax});
  IMCC_CHECK(calibration.ok(), calibration.error().Format());
  auto quantized = Quantize(graph, *calibration);
  IMCC_CHECK(quantized.ok(), quantized.error().Format());
  return std::move(quantized).value();
}

// The promise of a round trip: what we wrote computes the same bits when it is read again.
TEST(QuantizedModel, OurOwnExportComputesTheSameBits) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const QuantizedGraph graph = QuantizeTiny(testing::EveryOperation(seed));
    const auto bytes = ExportQdq(graph);
    ASSERT_TRUE(bytes.ok()) << bytes.error().Format();
    const auto again = QuantizeAsGiven(*bytes);
    ASSERT_TRUE(again.ok()) << seed << ": " << again.error().Format();
    const auto inputs = testing::RandomInputs(graph, seed);
    const auto want = ExecuteInteger(graph, inputs);
    const auto got = ExecuteInteger(*again, inputs);
    ASSERT_TRUE(want.ok() && got.ok());
    EXPECT_EQ(*got, *want) << "seed " << seed << "\n" << Dump(graph) << Dump(*again);
  }
}

/// Constants on either side of pairs and in a Concat, over maps and over rows of features.
Graph EveryConstant(unsigned seed, const Shape& shape) {
  testing::FloatGraphs g(seed);
  TensorId x = g.Input(shape);
  x = g.Node(OpKind::kAdd, {x, g.Constant(shape, 1)});
  x = g.Node(OpKind::kSub, {g.Constant(shape, 1), x});
  x = g.Node(OpKind::kMul, {x, g.Constant(shape, 2)});
  x = g.Node(OpKind::kMax, {x, g.Constant({shape.back()}, 1)});
  x = g.Node(OpKind::kMin, {g.Constant(shape, 3), x});
  x = g.Node(OpKind::kDiv, {x, g.Constant(shape, 3)});
  x = g.Node(OpKind::kConcat, {g.Constant(shape, 1), x},
             ConcatAttributes{static_cast<int64_t>(shape.rank()) - 1});
  return g.Build({x});
}

TEST(QuantizedModel, ConstantsComeBackAsTheSameIntegers) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    const QuantizedGraph graph =
        QuantizeTiny(EveryConstant(seed, seed % 2 == 0 ? Shape{1, 4, 5, 3} : Shape{1, 6, 5}));
    const auto bytes = ExportQdq(graph);
    ASSERT_TRUE(bytes.ok()) << bytes.error().Format();
    const auto again = QuantizeAsGiven(*bytes);
    ASSERT_TRUE(again.ok()) << seed << ": " << again.error().Format();
    const auto inputs = testing::RandomInputs(graph, seed);
    EXPECT_EQ(*ExecuteInteger(*again, inputs), *ExecuteInteger(graph, inputs))
        << "seed " << seed << "\n"
        << Dump(graph) << Dump(*again);
    for (const QTensor& tensor : graph.tensors) {
      if (!tensor.is_constant()) continue;
      const auto same = [&](const QTensor& other) {
        return other.is_constant() &&
               DequantizeValues(other.constant, other) == DequantizeValues(tensor.constant, tensor);
      };
      EXPECT_TRUE(std::any_of(again->tensors.begin(), again->tensors.end(), same)) << tensor.name;
    }
  }
}

onnx::TensorProto* AddConstant(onnx::GraphProto& graph, const std::string& name,
                               const std::vector<int64_t>& dims) {
  onnx::TensorProto* tensor = graph.add_initializer();
  tensor->set_name(name);
  for (const int64_t dim : dims) tensor->add_dims(dim);
  return tensor;
}

void AddFloat(onnx::GraphProto& graph, const std::string& name, float value) {
  onnx::TensorProto* tensor = AddConstant(graph, name, {});
  tensor->set_data_type(onnx::TensorProto::FLOAT);
  tensor->add_float_data(value);
}

void AddByte(onnx::GraphProto& graph, const std::string& name, int value, int type) {
  onnx::TensorProto* tensor = AddConstant(graph, name, {});
  tensor->set_data_type(type);
  tensor->add_int32_data(value);
}

void AddNode(onnx::GraphProto& graph, const std::string& op, const std::vector<std::string>& inputs,
             const std::string& output) {
  onnx::NodeProto* node = graph.add_node();
  node->set_op_type(op);
  node->set_name(output);
  for (const std::string& input : inputs) node->add_input(input);
  node->add_output(output);
}

void SetInt(onnx::GraphProto& graph, const char* attribute, int64_t value) {
  onnx::AttributeProto* added = graph.mutable_node(graph.node_size() - 1)->add_attribute();
  added->set_name(attribute);
  added->set_type(onnx::AttributeProto::INT);
  added->set_i(value);
}

onnx::TypeProto::Tensor* SetType(onnx::ValueInfoProto* value, const std::string& name) {
  value->set_name(name);
  auto* type = value->mutable_type()->mutable_tensor_type();
  type->set_elem_type(onnx::TensorProto::FLOAT);
  return type;
}

/// x of 1x4 floats -> QuantizeLinear -> (more) -> y.
onnx::ModelProto QuantizedInput(int zero_point, int type) {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(13);
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name("quantized");
  auto* shape = SetType(graph.add_input(), "x")->mutable_shape();
  shape->add_dim()->set_dim_value(1);
  shape->add_dim()->set_dim_value(4);
  SetType(graph.add_output(), "y");
  AddFloat(graph, "scale", 0.5F);
  AddByte(graph, "zero", zero_point, type);
  AddNode(graph, "QuantizeLinear", {"x", "scale", "zero"}, "q");
  return model;
}

std::vector<float> RunFloat(const onnx::ModelProto& model, const std::vector<float>& x) {
  const auto imported = ImportOnnxBytes(model.SerializeAsString(), "", {});
  if (!imported.ok()) {
    ADD_FAILURE() << imported.error().Format();
    return {};
  }
  auto executor = FloatExecutor::Create(imported->graph);
  return executor->Run({x})->front();
}

// uint8 with zero point 130 is int8 with 2: the grid reaches from -65 to 62.5.
TEST(QuantizedModel, UnsignedActivationsAreSignedOnes128Less) {
  onnx::ModelProto model = QuantizedInput(130, onnx::TensorProto::UINT8);
  AddNode(*model.mutable_graph(), "DequantizeLinear", {"q", "scale", "zero"}, "y");
  EXPECT_EQ(RunFloat(model, {-100, 0.2F, 0.3F, 100}), (std::vector<float>{-65, 0, 0.5F, 62.5F}));
}

std::string ImportError(const onnx::ModelProto& model) {
  const auto imported = ImportOnnxBytes(model.SerializeAsString(), "", {});
  return imported.ok() ? "imported" : imported.error().Format();
}

TEST(QuantizedModel, AnotherScaleThanItWasWrittenWithIsRefused) {
  onnx::ModelProto model = QuantizedInput(0, onnx::TensorProto::INT8);
  AddFloat(*model.mutable_graph(), "other", 0.25F);
  AddNode(*model.mutable_graph(), "DequantizeLinear", {"q", "other", "zero"}, "y");
  const std::string error = ImportError(model);
  EXPECT_NE(error.find("DequantizeLinear 'y'"), std::string::npos) << error;
  EXPECT_NE(error.find("0.25"), std::string::npos) << error;
}

TEST(QuantizedModel, WhatTheDeviceCannotExpressIsRefusedByName) {
  onnx::ModelProto wide = QuantizedInput(300, onnx::TensorProto::INT16);
  AddNode(*wide.mutable_graph(), "DequantizeLinear", {"q", "scale", "zero"}, "y");
  EXPECT_NE(ImportError(wide).find("QuantizeLinear 'q'"), std::string::npos) << ImportError(wide);

  onnx::ModelProto skewed = QuantizedInput(0, onnx::TensorProto::INT8);
  onnx::GraphProto& graph = *skewed.mutable_graph();
  AddNode(graph, "DequantizeLinear", {"q", "scale", "zero"}, "d");
  onnx::TensorProto* weights = AddConstant(graph, "w", {4, 2});
  weights->set_data_type(onnx::TensorProto::INT8);
  for (int i = 0; i < 8; ++i) weights->add_int32_data(i);
  AddByte(graph, "three", 3, onnx::TensorProto::INT8);
  AddNode(graph, "DequantizeLinear", {"w", "scale", "three"}, "wd");
  AddNode(graph, "MatMul", {"d", "wd"}, "y");
  const auto imported = ImportOnnxBytes(skewed.SerializeAsString(), "", {});
  ASSERT_TRUE(imported.ok()) << imported.error().Format();
  const Node& product = imported->graph.nodes.back();  // For the host: see device_rules.
  EXPECT_TRUE(imported->graph.tensor(product.inputs[1]).has_zero_point);
}

// Weights on the grid of the largest, 0.5 * {-127 .. 127}, come back as they were; imcc's own
// choice for {3.5, -1} would have been another scale.
TEST(QuantizedModel, WeightsAndBiasKeepTheirIntegers) {
  onnx::ModelProto model = QuantizedInput(0, onnx::TensorProto::INT8);
  onnx::GraphProto& graph = *model.mutable_graph();
  AddNode(graph, "DequantizeLinear", {"q", "scale", "zero"}, "d");
  onnx::TensorProto* weights = AddConstant(graph, "w", {1, 4});
  weights->set_data_type(onnx::TensorProto::INT8);
  for (const int w : {7, -2, -128, 0}) weights->add_int32_data(w);
  AddNode(graph, "DequantizeLinear", {"w", "scale", "zero"}, "wd");
  onnx::TensorProto* bias = AddConstant(graph, "b", {1});
  bias->set_data_type(onnx::TensorProto::INT32);
  bias->add_int32_data(123'456'789);  // More than the 24 bits of a float.
  AddFloat(graph, "bias_scale", 0.25F);
  AddNode(graph, "DequantizeLinear", {"b", "bias_scale"}, "bd");
  AddNode(graph, "Gemm", {"d", "wd", "bd"}, "g");
  SetInt(graph, "transB", 1);
  AddNode(graph, "QuantizeLinear", {"g", "scale", "zero"}, "gq");
  AddNode(graph, "DequantizeLinear", {"gq", "scale", "zero"}, "y");
  const auto quantized = QuantizeAsGiven(model.SerializeAsString());
  ASSERT_TRUE(quantized.ok()) << quantized.error().Format();
  const auto& conv = std::get<QConv>(quantized->nodes.at(0).operation);
  EXPECT_EQ(conv.weights, (std::vector<int8_t>{7, -2, -128, 0}));
  EXPECT_EQ(conv.bias, std::vector<int32_t>{123'456'789});
  EXPECT_EQ(conv.weight_scales, std::vector<float>{0.5F});
}

// PyTorch writes Cast to the type a tensor has behind every QuantizeLinear.
TEST(QuantizedModel, IntegersMayBeCastToTheTypeTheyHave) {
  for (const int to :
       {onnx::TensorProto::UINT8, onnx::TensorProto::INT8, onnx::TensorProto::FLOAT}) {
    onnx::ModelProto model = QuantizedInput(130, onnx::TensorProto::UINT8);
    onnx::GraphProto& graph = *model.mutable_graph();
    AddNode(graph, "Cast", {"q"}, "c");
    SetInt(graph, "to", to);
    AddNode(graph, "DequantizeLinear", {"c", "scale", "zero"}, "y");
    if (to == onnx::TensorProto::UINT8)
      EXPECT_EQ(RunFloat(model, {-100, 0.2F, 0.3F, 100}),
                (std::vector<float>{-65, 0, 0.5F, 62.5F}));
    else
      EXPECT_NE(ImportError(model).find("Cast 'c'"), std::string::npos) << ImportError(model);
  }
}

// 120 is -5 and 140 is 5 at zero point 130 and scale 0.5.
TEST(QuantizedModel, IntegersAreClippedWhereTheyStandForReals) {
  onnx::ModelProto model = QuantizedInput(130, onnx::TensorProto::UINT8);
  onnx::GraphProto& graph = *model.mutable_graph();
  AddByte(graph, "low", 120, onnx::TensorProto::UINT8);
  AddByte(graph, "high", 140, onnx::TensorProto::UINT8);
  AddNode(graph, "Clip", {"q", "low", "high"}, "c");
  AddNode(graph, "DequantizeLinear", {"c", "scale", "zero"}, "y");
  EXPECT_EQ(RunFloat(model, {-100, 0.2F, 4, 100}), (std::vector<float>{-5, 0, 4, 5}));
}

// Quantisation-aware training leaves the weights float, behind QuantizeLinear.
TEST(QuantizedModel, FloatWeightsAreQuantisedAsTheModelSays) {
  onnx::ModelProto model = QuantizedInput(0, onnx::TensorProto::INT8);
  onnx::GraphProto& graph = *model.mutable_graph();
  AddNode(graph, "DequantizeLinear", {"q", "scale", "zero"}, "d");
  onnx::TensorProto* weights = AddConstant(graph, "w", {4, 1});
  weights->set_data_type(onnx::TensorProto::FLOAT);
  for (const float w : {3.3F, -1.25F, -100.0F, 0.75F}) weights->add_float_data(w);
  AddNode(graph, "QuantizeLinear", {"w", "scale", "zero"}, "wq");
  AddNode(graph, "DequantizeLinear", {"wq", "scale", "zero"}, "wd");
  AddNode(graph, "MatMul", {"d", "wd"}, "g");
  AddNode(graph, "QuantizeLinear", {"g", "scale", "zero"}, "gq");
  AddNode(graph, "DequantizeLinear", {"gq", "scale", "zero"}, "y");
  const auto quantized = QuantizeAsGiven(model.SerializeAsString());
  ASSERT_TRUE(quantized.ok()) << quantized.error().Format();
  const auto& conv = std::get<QConv>(quantized->nodes.at(0).operation);
  EXPECT_EQ(conv.weights, (std::vector<int8_t>{7, -2, -128, 2}));
  EXPECT_EQ(conv.weight_scales, std::vector<float>{0.5F});
}

TEST(QuantizedModel, WithoutAZeroPointItIsTheZeroOfTheType) {
  for (const int type : {0, static_cast<int>(onnx::TensorProto::INT8)}) {
    onnx::ModelProto model = QuantizedInput(0, onnx::TensorProto::INT8);
    onnx::GraphProto& graph = *model.mutable_graph();
    graph.clear_node();
    AddNode(graph, "QuantizeLinear", {"x", "scale"}, "q");
    if (type != 0) SetInt(graph, "output_dtype", type);
    AddNode(graph, "DequantizeLinear", {"q", "scale"}, "y");
    const float least = type == 0 ? 0.0F : -64.0F;
    EXPECT_EQ(RunFloat(model, {-100, 0, 0.5F, 10})[0], least);
  }
}

constexpr const char* kNodeTests = "/usr/share/libonnx-testdata/data/node";

/// One of the ONNX project's tests of an operator on int8, its first input made of floats.
struct QLinearTest {
  onnx::ModelProto model;
  std::vector<onnx::TensorProto> inputs;
  onnx::TensorProto output;
};

template <class Message>
Message ReadMessage(const fs::path& path) {
  Message message;
  EXPECT_TRUE(message.ParseFromString(ReadFile(path.string(), Bytes(1 << 20)).value()));
  return message;
}

QLinearTest ReadQLinearTest(const fs::path& folder) {
  QLinearTest test{.model = ReadMessage<onnx::ModelProto>(folder / "model.onnx")};
  for (int i = 0; i < test.model.graph().input_size(); ++i)
    test.inputs.push_back(ReadMessage<onnx::TensorProto>(folder / "test_data_set_0" /
                                                         ("input_" + std::to_string(i) + ".pb")));
  test.output = ReadMessage<onnx::TensorProto>(folder / "test_data_set_0/output_0.pb");
  return test;
}

std::vector<float> Real(const HostTensor& x, const HostTensor& scale, const HostTensor& zero) {
  std::vector<float> values;
  for (const int64_t q : x.ints)
    values.push_back(static_cast<float>(q - zero.ints[0]) * scale.floats[0]);
  return values;
}

/// x -> QuantizeLinear -> the test's operator on constants -> DequantizeLinear.
void CheckQLinear(const std::string& name, size_t output_scale) {
  QLinearTest test = ReadQLinearTest(fs::path(kNodeTests) / name);
  onnx::GraphProto& graph = *test.model.mutable_graph();
  const onnx::NodeProto node = graph.node(0);
  const std::string x = graph.input(0).name();
  for (int i = 1; i < graph.input_size(); ++i) {
    onnx::TensorProto* constant = graph.add_initializer();
    *constant = test.inputs[static_cast<size_t>(i)];
    constant->set_name(graph.input(i).name());
  }
  while (graph.input_size() > 1) graph.mutable_input()->RemoveLast();
  graph.mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      onnx::TensorProto::FLOAT);
  graph.mutable_input(0)->set_name("x_float");
  graph.clear_node();
  AddNode(graph, "QuantizeLinear", {"x_float", node.input(1), node.input(2)}, x);
  *graph.add_node() = node;
  const int scale = static_cast<int>(output_scale);
  AddNode(graph, "DequantizeLinear", {node.output(0), node.input(scale), node.input(scale + 1)},
          "y_float");
  SetType(graph.mutable_output(0), "y_float")->clear_shape();
  const auto tensor = [&](size_t i) { return *ReadTensor(test.inputs[i], ""); };
  const std::vector<float> got = RunFloat(test.model, Real(tensor(0), tensor(1), tensor(2)));
  const std::vector<float> want =
      Real(*ReadTensor(test.output, ""), tensor(output_scale), tensor(output_scale + 1));
  ASSERT_EQ(got.size(), want.size());
  // NCHW and NHWC are the same here: one channel.
  for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], want[i], 1e-4F) << i;
}

TEST(QuantizedModel, OperatorsOnIntegersAgreeWithOnnx) {
  if (!fs::exists(kNodeTests)) GTEST_SKIP() << "libonnx-testdata is not installed";
  CheckQLinear("test_qlinearconv", 6);
  CheckQLinear("test_qlinearmatmul_2D", 6);
}

}  // namespace
}  // namespace imcc
