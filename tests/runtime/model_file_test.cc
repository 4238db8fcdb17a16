// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "runtime/model_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>

#include "base/files.h"

namespace imcc {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

class ModelFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) /
              ("model_file_" +
               std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static json Good() {
    return {{"version", 1},
            {"network", "n"},
            {"model", "m"},
            {"target", "t"},
            {"elf", "model.elf"},
            {"manifest", "manifest.json"},
            {"inputs", {{{"name", "x"}, {"dtype", "float32"}, {"shape", {1, 3, 8, 8}}}}},
            {"outputs", {{{"name", "y"}, {"dtype", "float32"}, {"shape", {1, 10}}}}}};
  }

  Result<ModelFile> Read(const std::string& text) {
    const std::string path = (folder_ / "model.json").string();
    EXPECT_TRUE(WriteFile(path, text).ok());
    return ReadModelFile(path);
  }

  /// The message for a good file with one key replaced.
  std::string ErrorWith(const char* key, const json& value) {
    json file = Good();
    file[key] = value;
    const Result<ModelFile> result = Read(file.dump());
    if (result.ok()) return "";
    EXPECT_EQ(result.error().code, ErrorCode::kFormat);
    return result.error().Format();
  }

  fs::path folder_;
};

TEST_F(ModelFileTest, ReadsAFileOrItsFolder) {
  json file = Good();
  file["epilogue"] = "epilogue.onnx";
  ASSERT_TRUE(Read(file.dump()).ok());
  const Result<ModelFile> model = ReadModelFile(folder_.string());
  ASSERT_TRUE(model.ok()) << model.error().Format();
  EXPECT_EQ(model->network, "n");
  EXPECT_EQ(model->elf, (folder_ / "model.elf").string());
  EXPECT_FALSE(model->prologue.has_value());
  EXPECT_EQ(model->epilogue, (folder_ / "epilogue.onnx").string());
  ASSERT_EQ(model->inputs.size(), 1U);
  EXPECT_EQ(model->inputs[0].shape, (Shape{1, 3, 8, 8}));
  EXPECT_EQ(model->outputs[0].name, "y");
}

TEST_F(ModelFileTest, PathsStayInTheFolder) {
  for (const char* name : {"../model.elf", "/etc/passwd", "a/b", "..", ".", "", "x/../../y"})
    EXPECT_NE(ErrorWith("elf", name), "") << name;
  EXPECT_NE(ErrorWith("epilogue", std::string("a\0b", 3)), "");
  fs::create_symlink("/etc/passwd", folder_ / "link.elf");
  EXPECT_NE(ErrorWith("elf", "link.elf").find("leads out"), std::string::npos);
}

TEST_F(ModelFileTest, ShapesAreCheckedBeforeTheyAreMultiplied) {
  const auto input = [](const json& shape) {
    return json::array({{{"name", "x"}, {"dtype", "float32"}, {"shape", shape}}});
  };
  const int64_t big = int64_t{1} << 32;
  EXPECT_NE(ErrorWith("inputs", input({big, big})), "");
  EXPECT_NE(ErrorWith("inputs", input({1 << 20, 1 << 20})), "");
  EXPECT_NE(ErrorWith("inputs", input({0})), "");
  EXPECT_NE(ErrorWith("inputs", input({-1, 3})), "");
  EXPECT_NE(ErrorWith("inputs", input({1.5})), "");
  EXPECT_NE(ErrorWith("inputs", input("3")), "");
  EXPECT_NE(ErrorWith("inputs", input({1, 1, 1, 1, 1, 1, 1, 1, 1})), "");
  EXPECT_EQ(ErrorWith("inputs", input({1 << 15, 1 << 15})), "");
}

TEST_F(ModelFileTest, WrongTypesAndMissingKeysNameTheKey) {
  for (const char* key : {"version", "network", "model", "elf", "inputs", "outputs"}) {
    EXPECT_NE(ErrorWith(key, json::object()).find(key), std::string::npos) << key;
    json file = Good();
    file.erase(key);
    const Result<ModelFile> result = Read(file.dump());
    ASSERT_FALSE(result.ok()) << key;
    EXPECT_NE(result.error().Format().find(key), std::string::npos) << key;
  }
  EXPECT_NE(ErrorWith("version", 2).find("is 2"), std::string::npos);
  json twice = Good()["inputs"];
  twice.push_back(twice[0]);
  EXPECT_NE(ErrorWith("inputs", twice).find("twice"), std::string::npos);
}

TEST_F(ModelFileTest, NotJson) {
  for (const std::string text : {"", "{", "[]", "null", "\xff\xfe", "{\"version\": 1}"})
    EXPECT_FALSE(Read(text).ok()) << text;
  EXPECT_FALSE(Read(std::string(200000, '[')).ok());
  EXPECT_FALSE(ReadModelFile((folder_ / "absent").string()).ok());
}

TEST_F(ModelFileTest, SurvivesRandomDamage) {
  const std::string good = Good().dump();
  std::mt19937 random(7);
  for (int i = 0; i < 500; ++i) {
    std::string text = good;
    for (int edits = 0; edits < 3; ++edits)
      text[random() % text.size()] = static_cast<char>(random() % 256);
    const Result<ModelFile> result = Read(text);
    EXPECT_TRUE(result.ok() || !result.error().message.empty());
  }
}

}  // namespace
}  // namespace imcc
