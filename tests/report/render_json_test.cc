// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "report/report.h"
#include "report/sample_report.h"

namespace imcc {
namespace {

using nlohmann::json;
using testing::SampleReport;

std::string ReadDocs() {
  std::ifstream stream(IMCC_SOURCE_DIR "/docs/report.md");
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// Words in back quotes in the first column of the tables of docs/report.md, by section.
std::map<std::string, std::set<std::string>> DocumentedKeys() {
  std::map<std::string, std::set<std::string>> keys;
  std::istringstream lines(ReadDocs());
  std::string line;
  std::string section;
  while (std::getline(lines, line)) {
    if (line.rfind("### `", 0) == 0) section = line.substr(5, line.find('`', 5) - 5);
    if (line.rfind("| `", 0) == 0) keys[section].insert(line.substr(3, line.find('`', 3) - 3));
  }
  return keys;
}

std::set<std::string> KeysOf(const json& object) {
  std::set<std::string> keys;
  for (const auto& item : object.items()) keys.insert(item.key());
  return keys;
}

TEST(RenderJson, TotalsHoldTheContract) {
  const json totals = json::parse(RenderJson(SampleReport())).at("totals");
  EXPECT_EQ(totals.at("macs"), 442368);
  EXPECT_EQ(totals.at("mvms"), 256);
  EXPECT_EQ(totals.at("weight_bytes"), 12288);
  EXPECT_EQ(totals.at("cycles"), 4096);
  EXPECT_EQ(totals.at("frame_seconds"), 50e-6);
  EXPECT_EQ(totals.at("frames_per_second"), 20000);
  EXPECT_EQ(totals.at("lower_bound_cycles"), 2048);
  EXPECT_EQ(totals.at("efficiency"), 0.5);
  EXPECT_EQ(totals.at("effective_utilisation"), 0.0066);
  EXPECT_EQ(totals.at("occupancy"), 0.047);
  EXPECT_EQ(totals.at("ddr_bytes"), 13312);
  EXPECT_EQ(totals.at("l2_bytes"), 69632);
  EXPECT_EQ(totals.at("elf_bytes"), 20000);
  EXPECT_EQ(totals.at("tasklist_bytes"), 1024);
  EXPECT_EQ(totals.at("device_mac_share"), 0.975);
  EXPECT_EQ(totals.at("compile_seconds"), json({{"import-onnx", 0.5}, {"fold", 0.5}}));
  EXPECT_EQ(totals.at("peak"), json({{"L1", 1835008}, {"DDR", 0}}));
}

TEST(RenderJson, DocumentationNamesExactlyTheKeysWritten) {
  const json report = json::parse(RenderJson(SampleReport()));
  auto documented = DocumentedKeys();
  EXPECT_EQ(documented["report"], KeysOf(report));
  EXPECT_EQ(documented["totals"], KeysOf(report.at("totals")));
  EXPECT_EQ(documented["quantization"], KeysOf(report.at("quantization")));
  EXPECT_EQ(documented["quantization.tensors"],
            KeysOf(report.at("quantization").at("tensors").at(0)));
  EXPECT_EQ(documented["bounds"], KeysOf(report.at("bounds")));
  for (const char* list :
       {"layers", "groups", "memories", "engines", "links", "parts", "host_nodes", "notes"})
    EXPECT_EQ(documented[list], KeysOf(report.at(list).at(0))) << list;
}

TEST(RenderJson, LayersKeepTheirOrderAndFigures) {
  const json layers = json::parse(RenderJson(SampleReport())).at("layers");
  ASSERT_EQ(layers.size(), 2U);
  EXPECT_EQ(layers[0].at("name"), "features/conv1");
  EXPECT_EQ(layers[0].at("cycles"), 3072);
  EXPECT_EQ(layers[0].at("predicted_cycles"), 2048);
  EXPECT_EQ(layers[1].at("bound_by"), "latency");
}

TEST(RenderJson, HostNodesSayWhereTheyStand) {
  Report report = SampleReport();
  const auto side = [&](size_t part) {
    report.host_nodes[0].part = part;
    return json::parse(RenderJson(report)).at("host_nodes")[0].at("side").get<std::string>();
  };
  EXPECT_EQ(side(1), "epilogue");
  report.parts = {{.file = "prologue.onnx"},
                  {.file = "model.elf", .on_device = true},
                  {.file = "host1.onnx"},
                  {.file = "model1.elf", .on_device = true}};
  EXPECT_EQ(side(0), "prologue");
  EXPECT_EQ(side(2), "between");
  report.parts = {{.file = "host.onnx"}};
  EXPECT_EQ(side(0), "host");
}

TEST(RenderJson, SurvivesNamesThatAreNotUtf8) {
  Report report = SampleReport();
  report.layers[0].name = "bad\xff\xfe";
  EXPECT_FALSE(json::parse(RenderJson(report), nullptr, false).is_discarded());
}

TEST(RenderJson, SameReportSameBytes) {
  EXPECT_EQ(RenderJson(SampleReport()), RenderJson(SampleReport()));
}

}  // namespace
}  // namespace imcc
