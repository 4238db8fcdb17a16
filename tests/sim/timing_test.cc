// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Closed-form micro-kernels on quad512: 800 MHz, 200 ns = 160 cycles to the first descriptor from
// DDR, 16 cycles to start a task, DDR 30.8 GB/s = 38.5 B/cycle, L2 <-> L1 27 B/cycle.
#include <gtest/gtest.h>

#include "sim/simulator.h"
#include "support/small_program.h"

namespace imcc {
namespace {

using testing::Copy;
using testing::SmallProgram;

constexpr double kFirstDescriptor = 160 + 64 / 38.5;
constexpr double kStart = 16;

FrameTiming MustTime(const Program& program) {
  auto timing = SimulateTiming(program);
  EXPECT_TRUE(timing.ok()) << (timing.ok() ? "" : timing.error().Format());
  return timing.ok() ? std::move(timing).value() : FrameTiming{};
}

void ExpectCycles(const FrameTiming& timing, double cycles) {
  EXPECT_NEAR(static_cast<double>(timing.cycles.count()), cycles, 1.0);
}

Task Mvm(uint16_t side) {
  MvmTask mvm{.input = {Region::kL1, 0}, .row_stride = 64U * side, .pixel_stride = 64};
  mvm.channels = 64;
  mvm.in_h = mvm.in_w = mvm.out_h = mvm.out_w = side;
  mvm.pwords = 1;
  mvm.columns = 64;
  return {.engine = Engine::kMvm, .payload = mvm};
}

TEST(Timing, OneCopyFromL2) {
  ExpectCycles(
      MustTime(SmallProgram({Copy(Engine::kDma0, {Region::kL2, 0}, {Region::kL1, 0}, 27000)})),
      kFirstDescriptor + kStart + 1000);
}

TEST(Timing, OneMatrixVectorMultiplyTakesEightCycles) {
  ExpectCycles(MustTime(SmallProgram({Mvm(10)})), kFirstDescriptor + kStart + 800);
}

// The zero point is multiplied once for a task, however many pixels it has.
TEST(Timing, TakingOffTheZeroPointIsOneMoreMultiply) {
  Task task = Mvm(10);
  std::get<MvmTask>(task.payload).flags = MvmTask::kCentred;
  const FrameTiming timing = MustTime(SmallProgram({task}));
  ExpectCycles(timing, kFirstDescriptor + kStart + 808);
  EXPECT_EQ(timing.layers[0].mvms, Mvms(101));
}

// Whole cells go over the port, whatever of them is read.
TEST(Timing, StridedLoadsTakeTheTimeOfTheirCells) {
  LoadWeightsTask load{.source = {Region::kL1, 0}, .rows = 256, .columns = 54};
  load.column_stride = 300;
  load.valid = 200;
  ExpectCycles(MustTime(SmallProgram({{.engine = Engine::kWeightLoad, .payload = load}})),
               kFirstDescriptor + kStart + 256);
}

TEST(Timing, AFullWeightSetTakesAboutFiveThousandCycles) {
  LoadWeightsTask load{
      .source = {Region::kL2, 0}, .rows = 512, .columns = 512, .column_stride = 512, .valid = 512};
  const Task task{.engine = Engine::kWeightLoad, .payload = load};
  ExpectCycles(MustTime(SmallProgram({task})), kFirstDescriptor + kStart + 262144 / 54.0);
  Program single = SmallProgram({task});
  single.dma_dual_channel = false;
  ExpectCycles(MustTime(single), kFirstDescriptor + kStart + 262144 / 32.0);
}

TEST(Timing, TwoDdrStreamsShareTheLink) {
  const FrameTiming timing = MustTime(
      SmallProgram({Copy(Engine::kDma0, {Region::kDdr, 0}, {Region::kL1, 0}, 38500),
                    Copy(Engine::kDma1, {Region::kDdr, 65536}, {Region::kL1, 65536}, 38500)}));
  // Both move 77,000 B over 38.5 B/cycle; the second descriptor arrives a little later.
  ExpectCycles(timing, kFirstDescriptor + kStart + 2000);
}

TEST(Timing, EnginesOverlapAndSemaphoresOrder) {
  Program program =
      SmallProgram({Copy(Engine::kDma0, {Region::kL2, 0}, {Region::kL1, 0}, 27000), Mvm(10)});
  ExpectCycles(MustTime(program), kFirstDescriptor + kStart + 1000);
  program.cores[0][1].waits[0] = {0, 1};
  ExpectCycles(MustTime(program), kFirstDescriptor + kStart + 1000 + kStart + 800);
}

TEST(Timing, TaskListInL2StartsEarlier) {
  Program program = SmallProgram({Mvm(10)});
  program.tasks_in_ddr = false;
  program.task_lists = {{Region::kL2, 0}};
  const Cycles from_l2 = MustTime(program).cycles;
  ExpectCycles(MustTime(program), 40 + 64.0 / 256 + kStart + 800);
  EXPECT_LT(from_l2, MustTime(SmallProgram({Mvm(10)})).cycles);
}

TEST(Timing, BytesAndBusyTimesAreCounted) {
  const FrameTiming timing = MustTime(
      SmallProgram({Copy(Engine::kDma0, {Region::kDdr, 0}, {Region::kL1, 0}, 1000), Mvm(4)}));
  EXPECT_EQ(timing.links[0].name, "ddr");
  EXPECT_EQ(timing.links[0].bytes, Bytes(1000 + 2 * 64));
  EXPECT_EQ(timing.layers[0].mvms, Mvms(16));
  EXPECT_EQ(timing.engines[0][static_cast<size_t>(Engine::kMvm)].busy, Cycles(16 + 128));
  EXPECT_EQ(timing.layers[0].cycles, timing.cycles);
}

TEST(Timing, ADeadlockIsAnErrorNotAHang) {
  Program program = SmallProgram({Mvm(4)});
  program.cores[0][0].waits[0] = {0, 1};
  const auto timing = SimulateTiming(program);
  ASSERT_FALSE(timing.ok());
  EXPECT_NE(timing.error().message.find("deadlocked"), std::string::npos);
}

// A window of 16 descriptors: the 17th is requested when the first has started.
TEST(Timing, TheFetchWindowLimitsRunAhead) {
  std::vector<Task> tasks(17, Copy(Engine::kDma0, {Region::kL2, 0}, {Region::kL1, 0}, 27000));
  for (size_t i = 0; i < tasks.size(); ++i)
    std::get<DmaTask>(tasks[i].payload).destination.offset = 32768 * i;
  tasks[16] = Mvm(4);
  const FrameTiming timing = MustTime(SmallProgram(tasks));
  // Sixteen copies in a row; the MVM slips in behind its descriptor long before they end.
  ExpectCycles(timing, kFirstDescriptor + 16 * (kStart + 1000));
}

}  // namespace
}  // namespace imcc
