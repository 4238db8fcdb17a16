// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/files.h"
#include "target/target.h"

namespace imcc {
namespace {

using testing::HasSubstr;

std::string Tiny() {
  auto text = ReadFile(IMCC_SOURCE_DIR "/targets/tiny.yaml", Bytes(1 << 20));
  return text.ok() ? *text : "";
}

/// The message for tiny.yaml with `from` replaced by `to`.
std::string ErrorWith(const std::string& from, const std::string& to) {
  std::string text = Tiny();
  const size_t at = text.find(from);
  if (at == std::string::npos) return "no such text: " + from;
  text.replace(at, from.size(), to);
  const auto target = ParseTarget(text, "t.yaml");
  return target.ok() ? "accepted" : target.error().Format();
}

TEST(ParseTarget, KeepsItsText) { EXPECT_EQ(ParseTarget(Tiny(), "t.yaml")->yaml, Tiny()); }

TEST(ParseTarget, RefusesWrongKeys) {
  EXPECT_THAT(ErrorWith("  rows:", "  row:"), HasSubstr("did you mean \"rows\"?"));
  EXPECT_THAT(ErrorWith("  rows: {value: 128, unit: rows, origin: estimated, source: \"small on "
                        "purpose\"}\n",
                        ""),
              HasSubstr("section \"array\" lacks the key \"rows\""));
  EXPECT_THAT(ErrorWith("array:", "arrray:"), HasSubstr("did you mean \"array\"?"));
  EXPECT_THAT(ErrorWith("origin: estimated, ", ""), HasSubstr("lacks the key \"origin\""));
  EXPECT_THAT(ErrorWith("origin: estimated", "origin: guessed"),
              HasSubstr("write published, measured or estimated"));
  EXPECT_THAT(ErrorWith("unit: cores", "units: cores"), HasSubstr("did you mean \"unit\"?"));
  EXPECT_THAT(
      ErrorWith("{value: 128, unit: rows, origin: estimated, source: \"small on purpose\"}", "128"),
      HasSubstr("must say where its value comes from"));
  EXPECT_THAT(ErrorWith("name: tiny", "name: ../../tiny"), HasSubstr("not a target name"));
}

TEST(ParseTarget, RefusesWrongValues) {
  EXPECT_EQ(
      ErrorWith("value: 48, unit: KiB", "value: -48, unit: KiB"),
      "t.yaml:30:20: error: \"memory.l1_size\" must be positive, not \"-48\"\n"
      "    l1_size: {value: -48, unit: KiB, origin: estimated, source: \"small on purpose\"}\n"
      "                     ^~~");
  for (const char* value : {"nan", ".inf", "1e400", "0", "-1", "\"48\"", "", "[48]", "0x30", "048"})
    EXPECT_THAT(ErrorWith("value: 48, unit: KiB", std::string("value: ") + value + ", unit: KiB"),
                HasSubstr("t.yaml:30:"))
        << value;
  EXPECT_THAT(ErrorWith("value: 48, unit: KiB", "value: 48, unit: cycles"),
              HasSubstr("write one of B, KiB, MiB, GiB"));
  EXPECT_THAT(ErrorWith("value: 2, unit: cores", "value: 2.5, unit: cores"),
              HasSubstr("must be a whole number"));
  EXPECT_THAT(ErrorWith("value: 2, unit: cores", "value: 1e18, unit: cores"),
              HasSubstr("must be between 1 and 256 cores"));
}

TEST(ParseTarget, RefusesWhatNoMachineHas) {
  const auto ddr = [](const char* value) {
    return ErrorWith("value: 30.8, unit: GB/s", std::string("value: ") + value);
  };
  for (const char* value : {"1e-300, unit: GB/s", "1e-12, unit: B/cycle", "1e12, unit: GB/s"})
    EXPECT_THAT(ddr(value), ::testing::AllOf(HasSubstr("t.yaml:"), HasSubstr("must be between")))
        << value;
  EXPECT_THAT(ErrorWith("value: 128, unit: rows", "value: 65536, unit: rows"),
              HasSubstr("must be between 1 and 8192 rows"));
  EXPECT_THAT(ErrorWith("ddr_size: {value: 16, unit: MiB", "ddr_size: {value: 65, unit: GiB"),
              HasSubstr("\"memory.ddr_size\" must be between"));
  EXPECT_THAT(ErrorWith("value: 16, unit: KiB", "value: 8, unit: GiB"),
              HasSubstr("bytes of weight sets and accumulators in all cores"));
}

TEST(ParseTarget, OneInsideAnElfIsNotAFileOfTheUser) {
  const auto target = ParseEmbeddedTarget("name: x");
  ASSERT_FALSE(target.ok());
  EXPECT_EQ(target.error().code, ErrorCode::kFormat);
  EXPECT_TRUE(ParseEmbeddedTarget(Tiny()).ok());
}

TEST(ParseTarget, RefusesContradictions) {
  EXPECT_THAT(ErrorWith("value: 4, unit: KiB", "value: 48, unit: KiB"),
              HasSubstr("\"memory.l1_reserved\" must be less than l1_size"));
  EXPECT_THAT(ErrorWith("value: 48, unit: KiB", "value: 17, unit: MiB"),
              HasSubstr("\"memory.l1_size\" must be at most 16 MiB"));
  EXPECT_THAT(ErrorWith("value: 4, unit: sets", "value: 17, unit: sets"),
              HasSubstr("\"array.weight_sets\" must be at most 16"));
  EXPECT_THAT(ErrorWith("value: 128, unit: rows", "value: 130, unit: rows"),
              HasSubstr("must be a multiple of the pword, 64"));
  EXPECT_THAT(ErrorWith("value: 16, unit: KiB", "value: 256, unit: B"),
              HasSubstr("must hold one pixel"));
  EXPECT_THAT(ErrorWith("value: 32, unit: B/cycle", "value: 64, unit: B/cycle"),
              HasSubstr("must not exceed weights_dual_channel"));
}

TEST(ParseTarget, SurvivesMutations) {
  const std::string base = Tiny();
  std::mt19937 random(1);
  for (int i = 0; i < 1000; ++i) {
    std::string text = base;
    const size_t at = random() % text.size();
    switch (random() % 3) {
      case 0:
        text[at] = static_cast<char>(random() % 256);
        break;
      case 1:
        text.erase(at, random() % 40);
        break;
      default:
        text.insert(at, text.substr(random() % text.size(), random() % 40));
        break;
    }
    const auto target = ParseTarget(text, "t.yaml");
    EXPECT_TRUE(!target.ok() || target->l1.usable() > Bytes(0));
  }
}

}  // namespace
}  // namespace imcc
