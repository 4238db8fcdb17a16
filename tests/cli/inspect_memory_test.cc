// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/run_program.h"

namespace imcc {
namespace {

using nlohmann::json;
using testing::ProgramOutput;
using testing::RunImcc;

class InspectMemory : public testing::ScratchFolder {};

TEST_F(InspectMemory, AgreesWithTheReport) {
  const ProgramOutput compiled = RunImcc(
      "compile " IMCC_SOURCE_DIR
      "/examples/fashion-mnist/network.yaml --calibration-limit 16 --set l1_constraint=65536 -o " +
      Path("demo"));
  ASSERT_EQ(compiled.exit_code, 0) << compiled.err;
  const std::string folder = Path("demo/fashion-mnist/fashion-resnet");
  const json report = json::parse(testing::Contents(folder + "/report.json"));
  const ProgramOutput shown = RunImcc("inspect " + folder + " --memory --json");
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  const json memory = json::parse(shown.out);
  ASSERT_EQ(memory.at("layers").size(), report.at("layers").size());
  for (size_t i = 0; i < 3; ++i) {
    const json& level = memory.at("levels").at(i);
    EXPECT_EQ(level.at("highest"), report.at("memories").at(i).at("peak"));
    EXPECT_EQ(level.at("capacity"), report.at("memories").at(i).at("capacity"));
    const auto live = level.at("live").get<std::vector<int64_t>>();
    ASSERT_EQ(live.size(), memory.at("layers").size());
    EXPECT_LE(*std::max_element(live.begin(), live.end()), level.at("highest").get<int64_t>());
  }
  const ProgramOutput text = RunImcc("inspect " + folder + " --memory");
  EXPECT_NE(text.out.find("Live bytes while each layer runs"), std::string::npos) << text.out;
  EXPECT_EQ(RunImcc("inspect " + folder + " --memory --layers").exit_code, 2);
}

}  // namespace
}  // namespace imcc
