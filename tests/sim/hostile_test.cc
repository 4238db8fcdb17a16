// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// ELF files whose checksum is right and whose tasks are not: an error or a frame, never a crash.
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "isa/parameters.h"
#include "program/elf_format.h"
#include "sim/simulator.h"
#include "support/small_program.h"

namespace imcc {
namespace {

/// One task of every kind, small, on the tiny machine.
Program OneOfEach() {
  const Address a{Region::kL1, 0};
  const Address b{Region::kL1, 4096};
  const Address c{Region::kL1, 8192};
  const Address taps{Region::kL1, 16384};
  const Address exponentials{Region::kL1, 20480};
  const Address gains{Region::kL1, 24576};
  MvmTask mvm{.input = a, .row_stride = 256, .pixel_stride = 64, .channels = 64};
  mvm.in_h = mvm.in_w = mvm.out_h = mvm.out_w = 4;
  mvm.pwords = 1;
  mvm.columns = 64;
  RequantizeTask drain{.out_h = 4, .out_w = 4, .columns = 64, .channels = 64};
  drain.parameters = a;
  drain.output = b;
  drain.row_stride = 256;
  drain.pixel_stride = 64;
  ElementwiseTask add{.a = a, .b = b, .output = c, .parameters = a};
  add.height = add.width = 2;
  add.channels = add.pixel_stride_a = add.pixel_stride_out = 16;
  add.row_stride_a = add.row_stride_b = add.row_stride_out = 32;
  TableTask table{.input = a, .output = b, .table = c, .height = 2, .width = 2, .channels = 16};
  table.row_stride_in = table.row_stride_out = 32;
  table.pixel_stride_in = table.pixel_stride_out = 16;
  table.flags = TableTask::kTable;
  WindowTask window{.input = a, .output = b, .parameters = c};
  window.in_h = window.in_w = 4;
  window.out_h = window.out_w = 2;
  window.kernel_h = window.kernel_w = 3;
  window.channels = window.pixel_stride_in = window.pixel_stride_out = 16;
  window.row_stride_in = 64;
  window.row_stride_out = 32;
  WindowTask global = window;
  global.kind = WindowTask::kGlobalAverage;
  global.flags = WindowTask::kFirst | WindowTask::kLast;
  WindowTask average = window;
  average.kind = WindowTask::kAverage;
  ResizeTask resize{.input = a, .output = b, .parameters = taps, .out_h = 2, .out_w = 2};
  resize.in_h = resize.in_w = 4;
  resize.channels = resize.pixel_stride_in = resize.pixel_stride_out = 16;
  resize.row_stride_in = resize.row_stride_out = 64;
  AcrossTask softmax{.input = a, .output = b, .parameters = exponentials};
  softmax.height = softmax.width = 2;
  softmax.channels = softmax.pixel_stride_in = softmax.pixel_stride_out = 16;
  softmax.row_stride_in = softmax.row_stride_out = 32;
  AcrossTask norm = softmax;
  norm.kind = AcrossTask::kLayerNorm;
  norm.parameters = gains;
  AcrossTask argmax = softmax;
  argmax.kind = AcrossTask::kIndexOfLargest;
  ElementwiseTask divide = add;
  divide.kind = ElementwiseTask::kDiv;
  const LoadWeightsTask load{
      .source = a, .set = 1, .rows = 64, .columns = 64, .column_stride = 64, .valid = 64};
  Program program = testing::SmallProgram({testing::Copy(Engine::kDma0, {Region::kDdr, 0}, a, 512),
                                           {.engine = Engine::kWeightLoad, .payload = load},
                                           {.engine = Engine::kMvm, .payload = mvm},
                                           {.engine = Engine::kVector, .payload = drain},
                                           {.engine = Engine::kVector, .payload = add},
                                           {.engine = Engine::kVector, .payload = table},
                                           {.engine = Engine::kVector, .payload = divide},
                                           {.engine = Engine::kVector, .payload = softmax},
                                           {.engine = Engine::kVector, .payload = norm},
                                           {.engine = Engine::kVector, .payload = argmax},
                                           {.engine = Engine::kDepthwise, .payload = window},
                                           {.engine = Engine::kDepthwise, .payload = average},
                                           {.engine = Engine::kDepthwise, .payload = global},
                                           {.engine = Engine::kDepthwise, .payload = resize}},
                                          "tiny");
  program.segments = {
      {".const.l1", {Region::kL1, 0}, std::vector<uint8_t>(16384, 1)},
      {".const.l1.exponentials", exponentials, EncodeSoftmax(MakeSoftmax(0.1F, 1 / 256.0F, -128))},
      {".const.l1.gains", gains,
       EncodeNormalize(MakeNormalize(0.1F, 0, 0.1F, 0, 1e-5, std::vector<float>(16, 1),
                                     std::vector<float>(16, 0)))},
      {".const.l1.taps", taps,
       EncodeResizeParameters({{0, 1, 9}, {1, 3, 0}}, {{0, 2, 7}, {2, 3, 0}})}};
  return program;
}

/// Where the task list stands in the file.
size_t FindTaskList(const std::string& elf, const Program& program) {
  const EncodedTask first = Encode(program.cores[0][0]);
  return elf.find(std::string(first.begin(), first.end()));
}

TEST(Hostile, DamagedTasksGiveAnErrorOrAFrame) {
  const Program program = OneOfEach();
  const std::string elf = *WriteElf(program);
  const size_t list = FindTaskList(elf, program);
  ASSERT_NE(list, std::string::npos);
  const size_t bytes = program.cores[0].size() * kTaskBytes;
  ASSERT_TRUE(Simulator::Load(elf)->RunFrame({}).ok());
  std::mt19937 random(3);
  int frames = 0;
  for (int round = 0; round < 2500; ++round) {
    std::string hostile = elf;
    for (unsigned i = 0; i < 1 + random() % 3; ++i) {
      char& byte = hostile[list + random() % bytes];
      const auto kind = random() % 3;
      if (kind == 0) byte = static_cast<char>(random());
      if (kind == 1) byte = static_cast<char>(byte ^ (1 << (random() % 8)));
      if (kind == 2) byte = static_cast<char>(random() % 2 == 0 ? 0 : 0xff);
    }
    const uint32_t checksum = FileChecksum(hostile);
    std::memcpy(hostile.data() + kFlagsOffset, &checksum, sizeof(checksum));
    auto simulator = Simulator::Load(hostile);
    if (!simulator.ok()) continue;
    const bool check = round % 16 == 0;  // The shadow of all of DDR takes its time.
    const auto frame = simulator->RunFrame({}, {.check = check, .random_order = random()});
    frames += frame.ok() ? 1 : 0;
    const auto timing = SimulateTiming(simulator->program());
    EXPECT_TRUE(timing.ok() || !timing.error().message.empty());
  }
  EXPECT_GT(frames, 0);
  EXPECT_LT(frames, 2500);
}

}  // namespace
}  // namespace imcc
