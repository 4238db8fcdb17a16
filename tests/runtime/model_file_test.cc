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

  static json Part(const json& on, const json& file) { return {{"on", on}, {"file", file}}; }

  /// Version 2: device and host in turn.
  static json GoodParts() {
    json file = Good();
    file["version"] = 2;
    file.erase("elf");
    file["parts"] = {Part("device", "model.elf"), Part("host", "host1.onnx"),
                     Part("device", "model1.elf")};
    return file;
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
  ASSERT_EQ(model->parts.size(), 2U);
  EXPECT_TRUE(model->parts[0].on_device);
  EXPECT_EQ(model->parts[0].path, (folder_ / "model.elf").string());
  EXPECT_FALSE(model->parts[1].on_device);
  EXPECT_EQ(model->parts[1].path, (folder_ / "epilogue.onnx").string());
  ASSERT_EQ(model->inputs.size(), 1U);
  EXPECT_EQ(model->inputs[0].shape, (Shape{1, 3, 8, 8}));
  EXPECT_EQ(model->outputs[0].name, "y");
}

TEST_F(ModelFileTest, ReadsAListOfParts) {
  const Result<ModelFile> model = Read(GoodParts().dump());
  ASSERT_TRUE(model.ok()) << model.error().Format();
  ASSERT_EQ(model->parts.size(), 3U);
  EXPECT_FALSE(model->parts[1].on_device);
  EXPECT_EQ(model->parts[2].path, (folder_ / "model1.elf").string());
}

TEST_F(ModelFileTest, BadListsOfPartsAreRefused) {
  const json device = Part("device", "model.elf");
  json many = json::array();
  for (int i = 0; i < 2000; ++i) many.push_back(Part("host", "h" + std::to_string(i)));
  for (const json& parts :
       {json(), json("model.elf"), json::array(), json::array({1}), json::array({device, device}),
        json::array({json::object()}), json::array({Part("moon", "model.elf")}),
        json::array({Part(1, "model.elf")}), json::array({Part("device", json::array())}),
        json::array({Part("device", "../model.elf")}), json::array({Part("host", "a/b")}), many}) {
    json file = GoodParts();
    file["parts"] = parts;
    const Result<ModelFile> model = Read(file.dump());
    EXPECT_FALSE(model.ok()) << parts.dump().substr(0, 100);
  }
  json file = GoodParts();
  file.erase("parts");
  EXPECT_FALSE(Read(file.dump()).ok());
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
  EXPECT_NE(ErrorWith("version", 3).find("is 3"), std::string::npos);
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
  std::mt19937 random(7);
  for (int i = 0; i < 1000; ++i) {
    std::string text = (i % 2 == 0 ? Good() : GoodParts()).dump();
    for (int edits = 0; edits < 3; ++edits)
      text[random() % text.size()] = static_cast<char>(random() % 256);
    const Result<ModelFile> result = Read(text);
    EXPECT_TRUE(result.ok() || !result.error().message.empty());
  }
}

}  // namespace
}  // namespace imcc
