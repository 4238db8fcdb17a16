// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sim/simulator.h"
#include "support/small_program.h"

namespace imcc {
namespace {

using testing::Copy;

constexpr Address kIn{Region::kDdr, 0};
constexpr Address kOut{Region::kDdr, 4096};
constexpr Address kA{Region::kL1, 0};
constexpr Address kB{Region::kL1, 1024};

IoTensor MakeTensor(const char* name, Address address) {
  return {.name = name,
          .shape = {1, 1, 1, 64},
          .channels_last = true,
          .address = address,
          .channels = 64,
          .row_stride = 64,
          .pixel_stride = 64,
          .scale = {1.0F},
          .zero_point = {0}};
}

Task Move(Address from, Address to) {
  TableTask table{.input = from, .output = to, .height = 1, .width = 1, .channels = 64};
  table.row_stride_in = table.row_stride_out = 64;
  table.pixel_stride_in = table.pixel_stride_out = 64;
  return {.engine = Engine::kVector, .payload = table};
}

/// in -> L1 -> vector unit -> L1 -> out, all ordered.
std::vector<Task> Ordered() {
  std::vector<Task> tasks = {Copy(Engine::kDma0, kIn, kA, 64), Move(kA, kB),
                             Copy(Engine::kDma1, kB, kOut, 64)};
  tasks[1].waits[0] = {0, 1};
  tasks[2].waits[0] = {4, 1};
  return tasks;
}

Result<std::vector<std::vector<int8_t>>> RunChecked(std::vector<Task> tasks,
                                                    std::optional<uint64_t> seed = {}) {
  Program program = testing::SmallProgram(std::move(tasks));
  program.inputs = {MakeTensor("in", kIn)};
  program.outputs = {MakeTensor("out", kOut)};
  IMCC_ASSIGN(const std::string elf, WriteElf(program));
  IMCC_ASSIGN(Simulator simulator, Simulator::Load(elf));
  return simulator.RunFrame({std::vector<int8_t>(64, 7)}, {.check = true, .random_order = seed});
}

void ExpectFinding(const std::vector<Task>& tasks, const std::string& message) {
  const auto result = RunChecked(tasks);
  ASSERT_FALSE(result.ok()) << "expected: " << message;
  EXPECT_EQ(result.error().code, ErrorCode::kSimulation);
  EXPECT_NE(result.error().message.find(message), std::string::npos) << result.error().Format();
}

TEST(Checker, IsSilentOnAnOrderedProgram) {
  const auto result = RunChecked(Ordered(), 3);
  ASSERT_TRUE(result.ok()) << result.error().Format();
  EXPECT_EQ((*result)[0], std::vector<int8_t>(64, 7));
}

TEST(Checker, ReadAfterWriteRace) {
  std::vector<Task> tasks = Ordered();
  tasks[1].waits = {};
  ExpectFinding(tasks, "not ordered");
}

// The double buffer refilled before its last reader is done.
TEST(Checker, WriteAfterReadRace) {
  std::vector<Task> tasks = Ordered();
  tasks.insert(tasks.begin() + 2, Copy(Engine::kDma0, kIn, kA, 64));
  ExpectFinding(tasks, "not ordered");
  tasks[2].waits[0] = {4, 1};
  EXPECT_TRUE(RunChecked(tasks).ok());
}

// Semaphore 10 is counted by two engines: its first count may be the wrong one's.
TEST(Checker, ASemaphoreOfTwoEnginesOrdersNothing) {
  Program program = testing::SmallProgram(Ordered());
  program.inputs = {MakeTensor("in", kIn)};
  program.outputs = {MakeTensor("out", kOut)};
  program.cores[0].push_back({.engine = Engine::kDepthwise, .signal = 10, .payload = FenceTask{}});
  program.cores[0][0].signal = 10;
  program.cores[0][1].waits[0] = {10, 1};
  auto simulator = Simulator::Load(*WriteElf(program));
  ASSERT_TRUE(simulator.ok());
  EXPECT_FALSE(simulator->RunFrame({std::vector<int8_t>(64)}, {.check = true}).ok());
  program.cores[0].pop_back();
  simulator = Simulator::Load(*WriteElf(program));
  ASSERT_TRUE(simulator.ok());
  EXPECT_TRUE(simulator->RunFrame({std::vector<int8_t>(64)}, {.check = true}).ok());
}

TEST(Checker, NeighboursInOneGranuleAreNotARace) {
  std::vector<Task> tasks = Ordered();
  tasks.insert(tasks.begin(), Copy(Engine::kDma1, kIn, {Region::kL1, 2048}, 24));
  tasks.insert(tasks.begin(), Copy(Engine::kDma0, kIn, {Region::kL1, 2072}, 40));
  tasks[3].waits[0] = {0, 2};
  EXPECT_TRUE(RunChecked(tasks).ok());
}

TEST(Checker, ComputingWithUnwrittenBytes) {
  std::vector<Task> tasks = Ordered();
  std::get<TableTask>(tasks[1].payload).input.offset = 512;
  ExpectFinding(tasks, "nothing has written");
}

// Padding may be copied around, but not computed with or handed to the host.
TEST(Checker, CopiesCarryUndefinedness) {
  std::vector<Task> tasks = Ordered();
  std::get<DmaTask>(tasks[0].payload).source.offset = 8192;
  ExpectFinding(tasks, "nothing has written");
  tasks = {Copy(Engine::kDma0, {Region::kDdr, 8192}, kOut, 64)};
  ExpectFinding(tasks, "never wrote");
}

TEST(Checker, AccumulatorsAndArrayCellsMustBeFilled) {
  RequantizeTask drain{.out_h = 1, .out_w = 1, .columns = 8, .channels = 8};
  drain.parameters = kA;
  drain.output = kB;
  std::vector<Task> tasks = {Copy(Engine::kDma0, kIn, kA, 64),
                             {.engine = Engine::kVector, .payload = drain}};
  tasks[1].waits[0] = {0, 1};
  ExpectFinding(tasks, "accumulators");
  MvmTask mvm{.input = kA, .pixel_stride = 64, .channels = 64, .in_h = 1, .in_w = 1};
  mvm.out_h = mvm.out_w = 1;
  mvm.pwords = 1;
  mvm.columns = 8;
  tasks[1] = {.engine = Engine::kMvm, .payload = mvm};
  tasks[1].waits[0] = {0, 1};
  ExpectFinding(tasks, "array cells");
}

// Two columns of 24 bytes, 40 apart: the bytes between were never written and must not be read.
TEST(Checker, LoadsReadTheValidRowsAlone) {
  DmaTask copy{.source = kIn, .destination = kA, .run = 24, .count0 = 2};
  copy.source_stride0 = 24;
  copy.destination_stride0 = 40;
  LoadWeightsTask load{.source = kA, .rows = 64, .columns = 2, .column_stride = 40, .valid = 24};
  std::vector<Task> tasks = Ordered();
  tasks.push_back({.engine = Engine::kDma0, .payload = copy});
  tasks.push_back({.engine = Engine::kWeightLoad, .payload = load});
  tasks[3].waits[0] = {4, 1};
  tasks[4].waits[0] = {0, 2};
  std::get<DmaTask>(tasks[0].payload).destination = kB;  // kA is the columns' alone.
  std::get<TableTask>(tasks[1].payload).input = kB;
  std::get<TableTask>(tasks[1].payload).output = {Region::kL1, 2048};
  std::get<DmaTask>(tasks[2].payload).source = {Region::kL1, 2048};
  EXPECT_TRUE(RunChecked(tasks).ok()) << RunChecked(tasks).error().Format();
  std::get<LoadWeightsTask>(tasks[4].payload).valid = 25;
  ExpectFinding(tasks, "nothing has written");
}

TEST(Simulator, AddressesOutsideTheMachineAreRefusedAtLoad) {
  std::vector<Task> tasks = Ordered();
  std::get<DmaTask>(tasks[0].payload).destination.offset = uint64_t{1} << 30U;
  const auto result = RunChecked(tasks);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kFormat);
}

TEST(Simulator, WeightsStraightFromDdrAreRefused) {
  LoadWeightsTask load{.source = kIn, .rows = 64, .columns = 1, .column_stride = 64, .valid = 64};
  const auto result = RunChecked({{.engine = Engine::kWeightLoad, .payload = load}});
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().subject.find("task 0"), std::string::npos);
}

TEST(Simulator, WrongInputSizeIsAnError) {
  Program program = testing::SmallProgram(Ordered());
  program.inputs = {MakeTensor("in", kIn)};
  program.outputs = {MakeTensor("out", kOut)};
  auto simulator = Simulator::Load(*WriteElf(program));
  ASSERT_TRUE(simulator.ok());
  EXPECT_FALSE(simulator->RunFrame({std::vector<int8_t>(63)}).ok());
  EXPECT_FALSE(simulator->RunFrame({}).ok());
}

}  // namespace
}  // namespace imcc
