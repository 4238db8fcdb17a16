// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "onnx/import.h"
#include "onnx/tiny_model.h"

namespace imcc {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

void ExpectError(const Result<ImportedModel>& result, ErrorCode code, const std::string& text) {
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, code);
  EXPECT_THAT(result.error().Format(), HasSubstr(text));
}

/// x [1,3,8,8] -> op -> y.
TinyModel OneNode(const std::string& op, int64_t opset = 13) {
  TinyModel m(opset);
  m.Input("x", {1, 3, 8, 8});
  m.Node(op, {"x"}, "y");
  m.Output("y");
  return m;
}

TEST(BadModel, NotOnnxAtAll) {
  ExpectError(ImportOnnxBytes("", ".", {}), ErrorCode::kModel, "is empty");
  ExpectError(ImportOnnxBytes("hello, world", ".", {}), ErrorCode::kModel, "not an ONNX model");
  const std::string bytes = ResidualModel().proto.SerializeAsString();
  ExpectError(ImportOnnxBytes(bytes.substr(0, bytes.size() / 2), ".", {}), ErrorCode::kModel,
              "truncated");
  EXPECT_FALSE(ImportOnnx("/no/such/model.onnx", {}).ok());
}

TEST(BadModel, ListsAllUnsupportedOperators) {
  TinyModel m = OneNode("Einsum");
  m.Node("LSTM", {"y"}, "z");
  m.Output("z");
  ExpectError(m.Import(), ErrorCode::kUnsupported, "Einsum (1x");
  ExpectError(m.Import(), ErrorCode::kUnsupported, "LSTM (1x");
  ExpectError(OneNode("ConvInteger").Import(), ErrorCode::kUnsupported, "(QDQ)");
  ExpectError(OneNode("Add", 6).Import(), ErrorCode::kUnsupported, "since opset 7");
}

TEST(BadModel, CyclesAndUnknownValues) {
  TinyModel cycle = OneNode("Relu");
  cycle.Node("Add", {"x", "b"}, "a");
  cycle.Node("Relu", {"a"}, "b");
  cycle.Output("b");
  ExpectError(cycle.Import(), ErrorCode::kModel, "cycle");
  TinyModel missing = OneNode("Relu");
  missing.Node("Conv", {"x", "nowhere"}, "z");
  missing.Output("z");
  ExpectError(missing.Import(), ErrorCode::kModel, "'nowhere'");
  TinyModel output = OneNode("Relu");
  output.Output("q");
  ExpectError(output.Import(), ErrorCode::kModel, "not computed");
}

TEST(BadModel, ValuesDefinedTwice) {
  TinyModel m = OneNode("Relu");
  m.Node("Tanh", {"x"}, "y");
  ExpectError(m.Import(), ErrorCode::kModel, "defined twice");
}

TEST(BadModel, MissingInputsAndWrongShapes) {
  TinyModel none;
  none.Input("x", {1, 3, 8, 8});
  none.Node("Conv", {}, "y");
  none.Output("y");
  ExpectError(none.Import(), ErrorCode::kModel, "missing");
  TinyModel m;
  m.Input("x", {1, 3, 8, 8}).Floats("w", {4, 5, 3, 3});
  m.Node("Conv", {"x", "w"}, "y");
  m.Output("y");
  ExpectError(m.Import(), ErrorCode::kModel, "3 input channels");
  TinyModel sum;
  sum.Input("x", {1, 3, 8, 8}).Floats("b", {7, 1});
  sum.Node("Add", {"x", "b"}, "y");
  sum.Output("y");
  ExpectError(sum.Import(), ErrorCode::kModel, "do not broadcast");
}

TEST(BadModel, HugeDimensions) {
  const int64_t huge = int64_t{1} << 31;
  TinyModel input;
  input.Input("x", {1, huge, huge, huge});
  input.Node("Relu", {"x"}, "y");
  input.Output("y");
  ExpectError(input.Import(), ErrorCode::kModel, "more than 2^31");
  TinyModel weights = OneNode("Relu");
  auto* tensor = weights.graph().add_initializer();
  tensor->set_name("w");
  tensor->set_data_type(onnx::TensorProto::FLOAT);
  tensor->add_dims(huge - 1);
  tensor->set_raw_data("abc");
  ExpectError(weights.Import(), ErrorCode::kModel, "holds 3 bytes");
  tensor->set_dims(0, -1);
  ExpectError(weights.Import(), ErrorCode::kModel, "negative");
}

TEST(BadModel, ConstantsThatWouldFillTheMemory) {
  TinyModel m = OneNode("Relu");
  m.Ints("dims", {1 << 15, 1 << 14});
  m.Node("ConstantOfShape", {"dims"}, "c");
  m.Node("Add", {"y", "c"}, "z");
  m.Output("z");
  ExpectError(m.Import(), ErrorCode::kUnsupported, "2^26");
}

TEST(BadModel, AttributesOfTheWrongType) {
  TinyModel m = OneNode("Softmax");
  TinyModel::SetString(*m.graph().mutable_node(0), "axis", "one");
  ExpectError(m.Import(), ErrorCode::kModel, "wrong type");
}

TEST(BadModel, ShapesAndAxesAreTheModelsOwn) {
  TinyModel concat;
  concat.Input("x", {1, 3, 8, 9});
  concat.Floats("w", {6, 3, 3, 3});
  concat.Node("Conv", {"x", "w"}, "a");
  TinyModel::SetInt(concat.Node("Concat", {"a", "x"}, "y"), "axis", 1);
  concat.Output("y");
  ExpectError(concat.Import(), ErrorCode::kModel, "1x6x6x7 and 1x3x8x9 differ outside axis 1");
}

TEST(BadModel, VariancesWithoutARootAreTheNormalizations) {
  TinyModel m;
  m.Input("x", {1, 2, 8, 8});
  m.Floats("one", {2}, {1, 1}).Floats("variance", {2}, {1, -2e-5F});
  m.Node("BatchNormalization", {"x", "one", "one", "one", "variance"}, "y").set_name("bn");
  m.Output("y");
  ExpectError(m.Import(), ErrorCode::kModel, "BatchNormalization 'bn'");
  ExpectError(m.Import(), ErrorCode::kModel, "channel 1 has variance");
}

TEST(BadModel, PartsThatBeginBehindTheEndAreTheSplits) {
  TinyModel m(18);
  m.Input("x", {1, 5, 8, 8});
  auto& split = m.Node("Split", {"x"}, "a");
  for (const char* name : {"b", "c", "d"}) split.add_output(name);
  split.set_name("cut");
  TinyModel::SetInt(split, "num_outputs", 4);
  TinyModel::SetInt(split, "axis", 1);
  TinyModel::SetInt(m.Node("Concat", {"a", "d"}, "y"), "axis", 1);
  m.Output("y");
  ExpectError(m.Import(), ErrorCode::kModel, "Split 'cut'");
}

TEST(BadModel, BatchesAreRefusedWithAHint) {
  TinyModel m;
  m.Input("x", {4, 3, 8, 8});
  m.Node("Relu", {"x"}, "y");
  m.Output("y");
  ExpectError(m.Import(), ErrorCode::kUnsupported, "--input-shape x:1,3,8,8");
  EXPECT_TRUE(m.Import({.input_shapes = {{"x", {1, 3, 8, 8}}}}).ok());
}

/// A folder with weights.bin (12 bytes) inside and secret.bin beside it.
class ExternalDataTest : public ::testing::Test {
 protected:
  ExternalDataTest() {
    std::string pattern = fs::temp_directory_path() / "imcc_external_XXXXXX";
    root_ = mkdtemp(pattern.data());
    fs::create_directory(root_ / "model");
    std::ofstream(root_ / "model" / "weights.bin") << std::string(12, '\0');
    std::ofstream(root_ / "secret.bin") << std::string(12, '\0');
    fs::create_symlink(root_ / "secret.bin", root_ / "model" / "link.bin");
  }
  ~ExternalDataTest() override { fs::remove_all(root_); }

  Result<ImportedModel> Import(const std::string& location, const std::string& offset = "0",
                               const std::string& length = "8") {
    TinyModel m;
    m.Input("x", {1, 2});
    auto* w = m.graph().add_initializer();
    w->set_name("w");
    w->set_data_type(onnx::TensorProto::FLOAT);
    w->add_dims(2);
    w->add_dims(1);
    w->set_data_location(onnx::TensorProto::EXTERNAL);
    const auto add = [&](const std::string& key, const std::string& value) {
      auto* entry = w->add_external_data();
      entry->set_key(key);
      entry->set_value(value);
    };
    add("location", location);
    add("offset", offset);
    add("length", length);
    m.Node("MatMul", {"x", "w"}, "y");
    m.Output("y");
    return ImportOnnxBytes(m.proto.SerializeAsString(), (root_ / "model").string(), {});
  }
  fs::path root_;
};

TEST_F(ExternalDataTest, IsReadFromTheModelsFolder) {
  EXPECT_TRUE(Import("weights.bin").ok());
  EXPECT_TRUE(Import("weights.bin", "4").ok());
}
TEST_F(ExternalDataTest, DoesNotLeaveTheModelsFolder) {
  ExpectError(Import("../secret.bin"), ErrorCode::kModel, "leaves the model's folder");
  ExpectError(Import((root_ / "secret.bin").string()), ErrorCode::kModel, "leaves");
  ExpectError(Import("link.bin"), ErrorCode::kModel, "link that leaves");
  ExpectError(Import(""), ErrorCode::kModel, "leaves");
  ExpectError(Import("."), ErrorCode::kModel, "regular file");
}
TEST_F(ExternalDataTest, MustBeLongEnough) {
  ExpectError(Import("weights.bin", "5"), ErrorCode::kModel, "ends before");
  ExpectError(Import("weights.bin", "0", "4"), ErrorCode::kModel, "length is 4");
  ExpectError(Import("weights.bin", "-1"), ErrorCode::kModel, "not a size");
  ExpectError(Import("weights.bin", "99999999999999999999"), ErrorCode::kModel, "not a size");
  ExpectError(Import("absent.bin"), ErrorCode::kModel, "cannot be opened");
}

}  // namespace
}  // namespace imcc
