// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/files.h"
#include "onnx/export.h"
#include "quantize/float_graphs.h"
#include "quantize/quantize.h"
#include "reference/integer_executor.h"
#include "support/graph_builder.h"

namespace imcc {
namespace {

namespace fs = std::filesystem;

onnx::ModelProto Parse(const std::string& bytes) {
  onnx::ModelProto model;
  EXPECT_TRUE(model.ParseFromString(bytes));
  return model;
}

std::map<std::string, int> CountOperators(const onnx::ModelProto& model) {
  std::map<std::string, int> counts;
  for (const auto& node : model.graph().node()) ++counts[node.op_type()];
  return counts;
}

QuantizedGraph QuantizeRandomly(const Graph& graph) {
  const auto calibration =
      Calibrate(graph,
                [&](int64_t index) -> Result<std::vector<std::vector<float>>> {
                  return testing::RandomSample(graph, static_cast<unsigned>(index));
                },
                8, {.scheme = QuantizationScheme::kPerTensorMinMax});
  IMCC_CHECK(calibration.ok(), calibration.error().Format());
  auto quantized = Quantize(graph, *calibration);
  IMCC_CHECK(quantized.ok(), quantized.error().Format());
  return std::move(quantized).value();
}

TEST(ExportQdq, RandomGraphsAreValidOnnx) {
  for (uint64_t seed = 1; seed <= 25; ++seed) {
    const auto bytes = ExportQdq(testing::RandomGraph(seed, 9, 12));
    ASSERT_TRUE(bytes.ok()) << bytes.error().Format();
    EXPECT_NO_THROW(onnx::checker::check_model(Parse(*bytes))) << seed;
  }
}

TEST(ExportQdq, ReluIsImplicitWhereSaturationDoesIt) {
  for (const bool covered : {true, false}) {
    testing::GraphBuilder builder(1);
    const QTensorId x = builder.Input(4, 4, 3);
    const QTensorId y = builder.Conv(x, 2, {});
    QuantizedGraph graph = builder.Build({y});
    graph.tensor(y).quantization.zero_point = {covered ? -128 : -100};
    std::get<QConv>(graph.nodes[0].operation).clamp = {int8_t(covered ? -128 : -100), 127};
    const auto counts = CountOperators(Parse(*ExportQdq(graph)));
    EXPECT_EQ(counts.count("Relu"), covered ? 0U : 1U);
    EXPECT_EQ(counts.at("Conv"), 1);
    EXPECT_EQ(counts.at("QuantizeLinear"), 2);
    EXPECT_EQ(counts.at("DequantizeLinear"), 4);  // x, weights, bias, y.
  }
}

TEST(ExportQdq, AScaleForEachChannelOfAnActivation) {
  testing::GraphBuilder builder(1);
  const QTensorId x = builder.Conv(builder.Input(4, 4, 3), 6, {});
  builder.GiveChannelsScales(x);
  const auto bytes = ExportQdq(builder.Build({builder.Depthwise(x, {})}));
  ASSERT_TRUE(bytes.ok()) << bytes.error().Format();
  const onnx::ModelProto model = Parse(*bytes);
  EXPECT_NO_THROW(onnx::checker::check_model(model));
  int per_channel = 0;
  for (const auto& node : model.graph().node()) {
    for (const auto& attribute : node.attribute())
      per_channel += attribute.name() == "axis" && attribute.i() == 1 ? 1 : 0;
  }
  EXPECT_EQ(per_channel, 2);  // QuantizeLinear and DequantizeLinear of x: channels first.
}

TEST(ExportQdq, WeightsPerChannelAndChannelsFirst) {
  testing::GraphBuilder builder(1);
  const QTensorId y = builder.Conv(builder.Input(4, 4, 3), 2, {.kernel_h = 2, .kernel_w = 1});
  const QuantizedGraph graph = builder.Build({y});
  const auto& conv = std::get<QConv>(graph.nodes[0].operation);
  const onnx::ModelProto model = Parse(*ExportQdq(graph));
  bool found = false;
  for (const auto& tensor : model.graph().initializer()) {
    if (tensor.dims_size() != 4) continue;
    found = true;
    EXPECT_EQ(tensor.data_type(), onnx::TensorProto::INT8);
    EXPECT_EQ(std::vector<int64_t>(tensor.dims().begin(), tensor.dims().end()),
              (std::vector<int64_t>{2, 3, 2, 1}));
    // [1][2][1][0] of ONNX is [1][1][0][2] of ours.
    EXPECT_EQ(static_cast<int8_t>(tensor.raw_data()[static_cast<size_t>((1 * 3 + 2) * 2 + 1)]),
              conv.weights[(1 * 2 + 1) * 3 + 2]);
  }
  EXPECT_TRUE(found);
}

TEST(ExportQdq, ProductsOfActivationsAreMatMulsOfATranspose) {
  for (const int64_t matrices : {1, 3}) {
    testing::GraphBuilder builder(1);
    const QTensorId a = builder.Input(3, 4, 5);
    const QTensorId b = builder.Symmetric(builder.Input(matrices, 6, 5));
    const onnx::ModelProto model = Parse(*ExportQdq(builder.Build({builder.MatMul(a, b)})));
    EXPECT_NO_THROW(onnx::checker::check_model(model));
    EXPECT_EQ(CountOperators(model).at("MatMul"), 1);
    const auto& value = model.graph().output(0).type().tensor_type().shape();
    EXPECT_EQ(value.dim(1).dim_value(), 6);  // Channels first.
    EXPECT_EQ(value.dim(2).dim_value(), 3);
  }
}

TEST(ExportQdq, SameBytesEveryTime) {
  const QuantizedGraph graph = QuantizeRandomly(testing::EveryOperation(1));
  EXPECT_EQ(*ExportQdq(graph), *ExportQdq(graph));
}

fs::path RuntimeFolder() {
  const char* folder = std::getenv("IMCC_ORT_DIR");
  if (folder != nullptr) return folder;
  const char* home = std::getenv("HOME");
  return fs::path(home == nullptr ? "" : home) / ".cache/imcc/ort";
}

/// Values of a tensor stored [1,H,W,C] as [1,C,H,W]; others unchanged.
template <class T>
std::vector<T> ToExternal(const std::vector<T>& values, const QTensor& tensor) {
  if (tensor.layout != Layout::kChannelsLast) return values;
  const FeatureMap map = AsFeatureMap(tensor.shape);
  std::vector<T> result;
  for (int64_t c = 0; c < map.channels; ++c)
    for (int64_t pixel = 0; pixel < map.pixels(); ++pixel)
      result.push_back(values[static_cast<size_t>(pixel * map.channels + c)]);
  return result;
}

// Every operation of the device, in ONNX Runtime and in the integer executor.
TEST(ExportQdq, OnnxRuntimeAgrees) {
  if (!fs::exists(RuntimeFolder() / "node_modules/onnxruntime-node") ||
      std::system("node --version > /dev/null 2>&1") != 0)
    GTEST_SKIP() << "no ONNX Runtime; benchmarks/ort_witness/setup.sh installs it";
  const Graph graph = testing::EveryOperation(1);
  const QuantizedGraph quantized = QuantizeRandomly(graph);
  const fs::path folder = fs::temp_directory_path() / "imcc_export_qdq";
  fs::create_directories(folder);
  ASSERT_TRUE(WriteFile((folder / "qdq.onnx").string(), *ExportQdq(quantized)).ok());
  const QTensor& input = quantized.tensor(quantized.inputs[0]);
  for (unsigned seed = 50; seed < 53; ++seed) {
    const std::vector<float> sample = testing::RandomSample(graph, seed)[0];
    const std::vector<float> nchw = ToExternal(sample, input);
    std::ofstream(folder / "in.f32", std::ios::binary)
        .write(reinterpret_cast<const char*>(nchw.data()),
               static_cast<std::streamsize>(nchw.size() * sizeof(float)));
    const std::string command = fmt::format(
        "node '{0}/benchmarks/ort_witness/run.mjs' '{1}/qdq.onnx' '{1}/out' "
        "'{1}/in.f32' > '{1}/log.json'",
        IMCC_SOURCE_DIR, folder.string());
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    const auto results = ExecuteInteger(quantized, {QuantizeValues(sample, input)});
    ASSERT_TRUE(results.ok());
    for (size_t i = 0; i < quantized.outputs.size(); ++i) {
      const QTensor& tensor = quantized.tensor(quantized.outputs[i]);
      const auto bytes =
          ReadFile(fmt::format("{}/out{}.f32", folder.string(), i), Bytes(int64_t{1} << 24));
      ASSERT_TRUE(bytes.ok());
      const auto expected = ToExternal(DequantizeValues(results->at(i), tensor), tensor);
      ASSERT_EQ(bytes->size(), expected.size() * sizeof(float));
      std::vector<float> actual(expected.size());
      std::copy_n(bytes->data(), bytes->size(), reinterpret_cast<char*>(actual.data()));
      const float step = tensor.quantization.scale[0];
      for (size_t k = 0; k < expected.size(); ++k)
        EXPECT_NEAR(actual[k], expected[k], 1.01F * step) << i << " " << k;
    }
  }
}

}  // namespace
}  // namespace imcc
