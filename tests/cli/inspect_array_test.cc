// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/find_layer.h"
#include "cli/run_program.h"

namespace imcc {
namespace {

using nlohmann::json;
using testing::ProgramOutput;
using testing::RunImcc;

Program FourLayers() {
  Program program;
  program.layers = {{"/stage1/conv1/Conv", "Conv 3x3"},
                    {"/stage1/conv2/Conv", "Conv 3x3"},
                    {"/stage1/Add", "Add"},
                    {"/stage2/conv1/Conv", "Conv 1x1"}};
  program.cores = {{{.engine = Engine::kDma0, .layer = 2, .payload = FenceTask{}},
                    {.engine = Engine::kVector, .layer = 2, .payload = FenceTask{}},
                    {.engine = Engine::kDma1, .layer = 3, .payload = FenceTask{}},
                    {.engine = Engine::kDepthwise, .layer = 1, .payload = FenceTask{}}}};
  return program;
}

/// "message (hint)" of a name that finds no layer.
std::string Miss(const std::string& wanted) {
  const auto found = FindLayer(FourLayers(), wanted);
  EXPECT_FALSE(found.ok()) << wanted;
  return found.ok() ? "" : found.error().message + " (" + found.error().hint + ")";
}

TEST(FindLayer, ByNumberNameOrPart) {
  const Program program = FourLayers();
  for (const auto& [wanted, layer] : std::vector<std::pair<std::string, size_t>>{
           {"3", 3}, {"/stage1/conv2/Conv", 1}, {"stage1/conv1", 0}, {"stage2", 3}, {"Add", 2}}) {
    const auto found = FindLayer(program, wanted);
    ASSERT_TRUE(found.ok()) << found.error().Format();
    EXPECT_EQ(*found, layer) << wanted;
  }
}

TEST(FindLayer, AWholeNameWinsOverPartsOfOthers) {
  Program program = FourLayers();
  program.layers[2].name = "conv1";
  const auto found = FindLayer(program, "conv1");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(*found, 2U);
}

TEST(FindLayer, MissesAreExplained) {
  EXPECT_EQ(Miss("4"),
            "there is no layer 4: the network has 4, counted from 0 (imcc inspect MODEL --layers "
            "lists them)");
  EXPECT_EQ(Miss("conv1"),
            "\"conv1\" is in the names of 2 layers (give a number: 0 /stage1/conv1/Conv, 3 "
            "/stage2/conv1/Conv)");
  EXPECT_EQ(Miss("stage2/comv1"),
            "no layer is called \"stage2/comv1\" (did you mean \"stage2/conv1\"?)");
  EXPECT_EQ(Miss("softmax"),
            "no layer is called \"softmax\" (imcc inspect MODEL --layers lists them)");
  EXPECT_EQ(Miss(""), "no layer is called \"\" (imcc inspect MODEL --layers lists them)");
}

TEST(EngineOfLayer, NamesTheEngineThatComputes) {
  EXPECT_EQ(EngineOfLayer(FourLayers(), 0), "no engine");
  EXPECT_EQ(EngineOfLayer(FourLayers(), 1), "the depthwise unit");
  EXPECT_EQ(EngineOfLayer(FourLayers(), 2), "the vector unit");
  EXPECT_EQ(EngineOfLayer(FourLayers(), 3), "DMA");
}

class InspectArray : public testing::ScratchFolder {
 protected:
  ProgramOutput Inspect(const std::string& flags) const {
    return RunImcc("inspect " + Path("demo/fashion-mnist/fashion-resnet") + " " + flags);
  }
  void SetUp() override {
    ScratchFolder::SetUp();
    const ProgramOutput result =
        RunImcc("compile " IMCC_SOURCE_DIR
                "/examples/fashion-mnist/network.yaml --calibration-limit 16 -o " +
                Path("demo"));
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
};

TEST_F(InspectArray, FiguresAreThoseOfTheReport) {
  const json report =
      json::parse(testing::Contents(Path("demo/fashion-mnist/fashion-resnet/report.json")));
  const json& layers = report.at("layers");
  for (size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].at("mvms") == 0) continue;
    const json picture = json::parse(Inspect("--json --array " + std::to_string(i)).out);
    EXPECT_EQ(picture.at("name"), layers[i].at("name"));
    for (const char* key : {"mvms", "macs", "weight_bytes"})
      EXPECT_EQ(picture.at(key), layers[i].at(key)) << key << " of layer " << i;
    for (const char* key : {"occupancy", "effective_utilisation"})
      EXPECT_NEAR(picture.at(key), layers[i].at(key), 1e-9) << key << " of layer " << i;
  }
}

TEST_F(InspectArray, DrawsALayerByPartOfItsName) {
  const ProgramOutput drawn = Inspect("--array block2/conv1");
  EXPECT_EQ(drawn.exit_code, 0) << drawn.err;
  EXPECT_NE(drawn.out.find("/block2/conv1/Conv  (Conv 3x3)"), std::string::npos);
  EXPECT_NE(drawn.out.find("|000"), std::string::npos) << drawn.out;
  EXPECT_EQ(drawn.out, Inspect("--array /block2/conv1/Conv").out);
}

TEST_F(InspectArray, RefusesLayersThatDoNotUseIt) {
  const ProgramOutput pool = Inspect("--array GlobalAveragePool");
  EXPECT_EQ(pool.exit_code, 2);
  EXPECT_NE(pool.err.find("does not use the array: it runs on the depthwise unit"),
            std::string::npos)
      << pool.err;
  const ProgramOutput unknown = Inspect("--array block2/comv1");
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_NE(unknown.err.find("did you mean \"block2/conv1\"?"), std::string::npos) << unknown.err;
  EXPECT_EQ(Inspect("--array 0 --layers").exit_code, 2);
}

}  // namespace
}  // namespace imcc
