// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/export.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "onnx/import.h"
#include "onnx/tiny_model.h"
#include "pass/pass_runner.h"
#include "simplify/same_function.h"
#include "simplify/simplify.h"

namespace imcc {
namespace {

/// import(export(graph)) computes what graph computes.
void ExpectRoundTrip(const Graph& graph) {
  const Result<std::string> bytes = ExportOnnx(graph);
  ASSERT_TRUE(bytes.ok()) << bytes.error().Format();
  const Result<ImportedModel> again = ImportOnnxBytes(*bytes, ".", {});
  ASSERT_TRUE(again.ok()) << again.error().Format() << "\n" << Dump(graph);
  EXPECT_EQ(again->opset, 13);
  ExpectSameFunction(graph, again->graph);
}

void ExpectRoundTrips(Graph graph) {
  ExpectRoundTrip(graph);
  PassRunner runner({});
  ASSERT_TRUE(Simplify(graph, runner).ok());
  ExpectRoundTrip(graph);
}

Graph Import(const TinyModel& model) {
  Result<ImportedModel> result = model.Import();
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().Format());
  return result.ok() ? std::move(result->graph) : Graph{};
}

TEST(Export, RoundTripsAResidualModel) { ExpectRoundTrips(Import(ResidualModel())); }

TEST(Export, RoundTripsSpatialOperators) {
  TinyModel m;
  m.Input("x", {1, 3, 9, 7}).Ints("pads", {0, 0, 1, 2, 0, 0, 3, 0}).Floats("value", {}, {0.5});
  m.Node("Pad", {"x", "pads", "value"}, "p");
  m.Floats("scales", {4}, {1, 1, 2, 1.5});
  TinyModel::SetString(m.Node("Resize", {"p", "", "scales"}, "r"), "mode", "linear");
  onnx::NodeProto& pool = m.Node("AveragePool", {"r"}, "a");
  TinyModel::SetInts(pool, "kernel_shape", {3, 3});
  TinyModel::SetInts(pool, "strides", {2, 2});
  TinyModel::SetInts(pool, "pads", {1, 1, 0, 0});
  TinyModel::SetInt(pool, "ceil_mode", 1);
  TinyModel::SetInt(pool, "count_include_pad", 1);
  m.Ints("from", {1, 0}).Ints("to", {3, 9}).Ints("axes", {1, 2}).Ints("steps", {1, 2});
  m.Node("Slice", {"a", "from", "to", "axes", "steps"}, "s");
  TinyModel::SetInt(m.Node("Concat", {"s", "s"}, "c"), "axis", 1);
  TinyModel::SetInt(m.Node("Softmax", {"c"}, "y"), "axis", 1);
  m.Output("y");
  ExpectRoundTrips(Import(m));
}

TEST(Export, RoundTripsFunctionsAndBroadcasts) {
  TinyModel m;
  m.Input("x", {1, 3, 4, 5}).Floats("k", {3, 1, 1}).Floats("w", {3, 4}).Floats("b", {4});
  std::string value = "x";
  for (const char* op : {"Sigmoid", "Tanh", "LeakyRelu", "HardSigmoid", "Exp", "Relu"}) {
    m.Node(op, {value}, value + op);
    value += op;
  }
  m.Node("Mul", {"k", value}, "m");
  m.Node("Sigmoid", {"m"}, "gate");
  m.Node("Mul", {"m", "gate"}, "silu");
  m.Node("GlobalAveragePool", {"silu"}, "mean");
  m.Node("Sub", {"silu", "mean"}, "centred");
  TinyModel::SetInts(m.Node("Transpose", {"centred"}, "nhwc"), "perm", {0, 2, 3, 1});
  m.Node("MatMul", {"nhwc", "w"}, "product");
  m.Node("Add", {"product", "b"}, "y");
  m.Output("y");
  ExpectRoundTrips(Import(m));
}

// Simplified, the second operand is given row by row, which ONNX has no operator for.
TEST(Export, RoundTripsProductsOfActivations) {
  TinyModel m;
  m.Input("x", {1, 3, 4, 5}).Input("y", {1, 3, 5, 2}).Input("k", {3, 6, 5});
  m.Node("MatMul", {"x", "y"}, "four");
  TinyModel::SetInts(m.Node("Transpose", {"k"}, "turned"), "perm", {0, 2, 1});
  m.Node("MatMul", {"x", "turned"}, "three");
  m.Output("four").Output("three");
  ExpectRoundTrips(Import(m));
}

TEST(Export, SameBytesEveryTime) {
  EXPECT_EQ(*ExportOnnx(Import(ResidualModel())), *ExportOnnx(Import(ResidualModel())));
}

TEST(Export, RoundTripsSharedModels) {
  for (const char* name : {"resnet20_cifar10_jpeg.onnx", "ultraface_RFB-320.onnx"}) {
    const std::string path = std::string(IMCC_SOURCE_DIR "/../shared/models/") + name;
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is absent";
    SCOPED_TRACE(name);
    ExpectRoundTrip(ImportOnnx(path, {}).value().graph);
  }
}

}  // namespace
}  // namespace imcc
