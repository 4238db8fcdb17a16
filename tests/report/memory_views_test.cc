// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "report/memory_views.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "report/report.h"
#include "report/sample_report.h"

namespace imcc {
namespace {

const std::vector<ProgramLayer> kLayers = {{"features/conv1", "Conv"}, {"add<1>", "Add"}};

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(MemoryViews, TextShowsBarsFullestLayerAndPlaces) {
  const std::string text = RenderMemoryText(testing::SampleReport().memory, kLayers, 100);
  EXPECT_TRUE(Contains(text, "0  features/conv1")) << text;
  EXPECT_TRUE(Contains(text, "########........")) << text;  // Half of L1.
  EXPECT_TRUE(Contains(text, "L1: at most 512 B of 1.0 KiB live, at layer 1 (add<1>)")) << text;
  EXPECT_TRUE(Contains(text, "sum.out")) << text;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST(MemoryViews, NoLayersAreNoError) {
  EXPECT_EQ(RenderMemoryText({}, {}, 80), "no layers, no memory\n");
  EXPECT_TRUE(nlohmann::json::accept(RenderMemoryJson({}, {})));
}

TEST(MemoryViews, JsonHoldsTheSame) {
  const MemoryTimeline use = testing::SampleReport().memory;
  const auto json = nlohmann::json::parse(RenderMemoryJson(use, kLayers));
  EXPECT_EQ(json.at("levels").at(0).at("live"), (nlohmann::json{256, 512}));
  EXPECT_EQ(json.at("levels").at(0).at("fullest_layer"), 1);
  EXPECT_EQ(json.at("blocks").size(), use.blocks.size());
  EXPECT_EQ(json.at("tensors").at(2).at("name"), "sum.out");
  EXPECT_EQ(json.at("tensors").at(2).at("L2"), 4096);
}

TEST(MemoryViews, HtmlNamesEveryBlock) {
  const std::string html = RenderHtml(testing::SampleReport());
  EXPECT_TRUE(Contains(html, "<title>conv&lt;1&gt;.out: 256 B at 0x0, layers 0 to 1</title>"));
  EXPECT_TRUE(Contains(html, "sum.out: 4.0 KiB at 0x40, layers 1 to 1"));
  EXPECT_TRUE(Contains(html, "layer 1: add&lt;1&gt;, 512 B of 1.0 KiB"));
}

}  // namespace
}  // namespace imcc
