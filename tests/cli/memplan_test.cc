// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/run_program.h"

namespace imcc {
namespace {

using testing::Contents;
using testing::ProgramOutput;
using testing::RunImcc;

class Memplan : public testing::ScratchFolder {
 protected:
  /// The example of MiniMalloc's README.
  std::string Example() const {
    return Write("in.csv",
                 "id,lower,upper,size\nb1,0,3,4\nb2,3,9,4\nb3,0,9,4\nb4,9,21,4\nb5,0,21,4\n");
  }
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name)) << text;
    return Path(name);
  }
};

bool HasText(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(Memplan, WritesOffsetsThatCheckAccepts) {
  const ProgramOutput plan =
      RunImcc("memplan " + Example() + " --capacity 12 -o " + Path("out.csv"));
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_TRUE(HasText(plan.out, "peak         12 bytes")) << plan.out;
  EXPECT_TRUE(HasText(plan.out, "lowest possible")) << plan.out;
  EXPECT_EQ(Contents(Path("out.csv")).rfind("id,lower,upper,size,offset\nb1,0,3,4,", 0), 0U);
  const ProgramOutput check = RunImcc("memplan --check --capacity 12 " + Path("out.csv"));
  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_EQ(check.out, "valid, peak 12 bytes\n");
}

TEST_F(Memplan, WithoutACapacityThePeakIsLowest) {
  const ProgramOutput plan = RunImcc("memplan --json " + Example());
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  const auto parsed = nlohmann::json::parse(plan.out);
  EXPECT_EQ(parsed.at("verdict"), "fits");
  EXPECT_EQ(parsed.at("buffers"), 5);
  EXPECT_EQ(parsed.at("peak"), 12);
  EXPECT_EQ(parsed.at("lower_bound"), 12);
  EXPECT_TRUE(parsed.at("optimal"));
  EXPECT_TRUE(parsed.at("capacity").is_null());
}

TEST_F(Memplan, WhatCannotFitIsSaidAtOnce) {
  const ProgramOutput live =
      RunImcc("memplan --capacity 11 " + Example() + " -o " + Path("out.csv"));
  EXPECT_EQ(live.exit_code, 7);
  EXPECT_TRUE(HasText(live.err, "12 bytes are live at time 0, and the capacity is 11"));
  EXPECT_FALSE(std::filesystem::exists(Path("out.csv")));
  const ProgramOutput one = RunImcc("memplan --capacity 3 " + Example());
  EXPECT_EQ(one.exit_code, 7);
  EXPECT_TRUE(HasText(one.err, "buffer b1 alone has 4 bytes")) << one.err;
}

TEST_F(Memplan, CheckFindsAnOverlap) {
  const std::string file = Write("bad.csv", "id,lower,upper,size,offset\na,0,2,4,0\nb,1,3,4,3\n");
  const ProgramOutput check = RunImcc("memplan --check " + file);
  EXPECT_EQ(check.exit_code, 1);
  EXPECT_TRUE(HasText(check.err, "b: overlaps a")) << check.err;
}

TEST_F(Memplan, MistakesSayWhereAndWhat) {
  const std::string file = Write("bad.csv", "id,lower,upper,size\na,0,2,4\nb,3,3,4\n");
  const ProgramOutput bad = RunImcc("memplan " + file);
  EXPECT_EQ(bad.exit_code, 6);
  EXPECT_TRUE(HasText(bad.err, "bad.csv:3:1: error: lower 3 is not below upper 3")) << bad.err;
  EXPECT_EQ(RunImcc("memplan " + Path("absent.csv")).exit_code, 9);
  EXPECT_EQ(RunImcc("memplan --capacity -5 " + file).exit_code, 2);
  EXPECT_EQ(RunImcc("memplan --max-steps 0 " + file).exit_code, 2);
  EXPECT_EQ(RunImcc("memplan --check " + Example()).exit_code, 6);
}

TEST_F(Memplan, AHundredThousandOverlappingBuffersEnd) {
  std::string text = "id,lower,upper,size\n";
  for (int i = 0; i < 100'000; ++i)
    text += std::to_string(i) + "," + std::to_string(i) + ",1000000," + std::to_string(i) + "\n";
  const ProgramOutput plan = RunImcc("memplan " + Write("many.csv", text));
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_TRUE(HasText(plan.out, "lowest possible")) << plan.out;
}

}  // namespace
}  // namespace imcc
