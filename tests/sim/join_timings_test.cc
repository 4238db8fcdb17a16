// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/join_timings.h"

#include <gtest/gtest.h>

#include "support/small_program.h"

namespace imcc {
namespace {

constexpr Address kL1 = {Region::kL1, 0};
constexpr Address kDdr = {Region::kDdr, 0};

/// A copy of so many bytes into L1, with constants in two memories.
Program Copying(uint32_t bytes) {
  Program program = testing::SmallProgram({testing::Copy(Engine::kDma0, kDdr, kL1, bytes)});
  program.segments = {{".const.l1", {Region::kL1, 4096}, std::vector<uint8_t>(100)},
                      {".const.l2", {Region::kL2, 0}, std::vector<uint8_t>(3000)},
                      {".const.ddr", {Region::kDdr, 1 << 16}, std::vector<uint8_t>(70000)}};
  return program;
}

TEST(JoinTimings, ResidentIsWhatL1AndL2Hold) {
  Program program = Copying(64);
  EXPECT_EQ(ResidentBytes(program), Bytes(3100));
  program.tasks_in_ddr = false;
  EXPECT_EQ(ResidentBytes(program), Bytes(3100 + 64));
}

TEST(JoinTimings, OneProgramIsItsOwnFrame) {
  const Program program = Copying(64);
  const FrameTiming timing = SimulateTiming(program).value();
  const FrameTiming joined = JoinTimings({&program}, {timing}, testing::ReadTarget("quad512"));
  EXPECT_EQ(joined.frame_seconds, timing.frame_seconds);
  EXPECT_EQ(joined.frames_per_second, timing.frames_per_second);
  EXPECT_EQ(joined.launches, 1);
  EXPECT_EQ(joined.reload_bytes, Bytes(0));
}

TEST(JoinTimings, SeveralProgramsAddUpAndLoadAgain) {
  const Target target = testing::ReadTarget("quad512");
  const Program a = Copying(64);
  const Program b = Copying(6400);
  const FrameTiming first = SimulateTiming(a).value();
  const FrameTiming second = SimulateTiming(b).value();
  const FrameTiming joined = JoinTimings({&a, &b}, {first, second}, target);
  EXPECT_EQ(joined.cycles, first.cycles + second.cycles);
  EXPECT_EQ(joined.launches, 2);
  EXPECT_EQ(joined.reload_bytes, Bytes(6200));
  EXPECT_NEAR(joined.reload_seconds, 6200 / 30.8e9, 1e-15);
  EXPECT_NEAR(joined.frame_seconds,
              first.frame_seconds + second.frame_seconds + joined.reload_seconds, 1e-12);
  EXPECT_NEAR(joined.latency_seconds,
              first.latency_seconds + second.latency_seconds + joined.reload_seconds, 1e-12);
  EXPECT_NEAR(joined.frames_per_second, 1 / joined.latency_seconds, 1e-6);
  const auto dma = static_cast<size_t>(Engine::kDma0);
  EXPECT_EQ(joined.engines[0].at(dma).tasks, 2);
  EXPECT_EQ(joined.engines[0].at(dma).busy,
            first.engines[0].at(dma).busy + second.engines[0].at(dma).busy);
  ASSERT_EQ(joined.links.size(), first.links.size());
  EXPECT_EQ(joined.links[0].bytes, first.links[0].bytes + second.links[0].bytes);
  EXPECT_EQ(joined.layers.size(), 2U);
}

TEST(JoinTimings, NothingTakesNoTime) {
  const FrameTiming joined = JoinTimings({}, {}, Target{});
  EXPECT_EQ(joined.launches, 0);
  EXPECT_EQ(joined.frames_per_second, 0);
}

}  // namespace
}  // namespace imcc
