// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "isa/task.h"

#include <gtest/gtest.h>

#include <random>

namespace imcc {
namespace {

/// One task of each kind with every field different from its default.
std::vector<Task> OneOfEach() {
  const Address a{Region::kL1, 0x123456789};
  const Address b{Region::kL2, 0xfffffffff};
  const Address c{Region::kDdr, 64};
  MvmTask mvm{.input = a, .row_stride = 70000, .pixel_stride = 64, .channels = 48};
  mvm.in_h = mvm.in_w = 300;
  mvm.ring = {.rows = 65535, .first = 65534};
  mvm.out_h = mvm.out_w = 298;
  mvm.origin_y = -3;
  mvm.origin_x = -32767;
  mvm.kernel_h = mvm.kernel_w = 255;
  mvm.first_pword = 65535;
  mvm.pwords = 8;
  mvm.columns = 512;
  mvm.set = 3;
  mvm.set_pword0 = 7;
  mvm.set_column0 = 511;
  mvm.zero_point = -128;
  mvm.flags = MvmTask::kAccumulate | MvmTask::kSubword | MvmTask::kCentred;
  mvm.accumulator = 0xffffff;
  WindowTask window{.input = a, .output = b, .in_h = 9, .in_w = 8, .out_h = 7};
  window.parameters = {Region::kL1, 0xffffff};
  window.ring = {.rows = 9, .first = 8};
  window.out_w = 6;
  window.origin_y = -1;
  window.kernel_h = 3;
  window.channels = 65535;
  window.row_stride_in = 1;
  window.row_stride_out = 0xffffff;
  window.pixel_stride_in = 3;
  window.pixel_stride_out = 65535;
  window.kind = WindowTask::kGlobalMax;
  window.flags = WindowTask::kFirst | WindowTask::kLast | WindowTask::kChannelZeroPoints;
  ElementwiseTask elementwise{.a = a, .b = b, .output = c, .parameters = a, .height = 1};
  elementwise.width = elementwise.channels = 2;
  elementwise.row_stride_a = elementwise.row_stride_b = elementwise.row_stride_out = 99;
  elementwise.kind = ElementwiseTask::kMul;
  elementwise.flags = ElementwiseTask::kBroadcastB;
  RequantizeTask drain{.accumulator = 5, .out_h = 1, .out_w = 2, .columns = 3, .channels = 2};
  drain.parameters = a;
  drain.first_column = 1;
  drain.replicas = 2;
  drain.output = b;
  drain.tables = c;
  drain.zero_point = -7;
  drain.lo = -100;
  drain.flags = RequantizeTask::kTable;
  TableTask table{.input = a, .output = b, .table = c, .height = 1, .width = 2, .channels = 3};
  table.flags = TableTask::kTable;
  ResizeTask resize{.input = a, .output = b, .parameters = c, .out_h = 1, .out_w = 2};
  resize.in_h = resize.in_w = 4;
  resize.ring = {.rows = 5, .first = 1};
  resize.channels = 5;
  resize.taps = 4;
  AcrossTask across{.input = a, .output = b, .parameters = c, .height = 1, .width = 2};
  across.channels = 300;
  across.row_stride_in = 7;
  across.row_stride_out = 0xffffffff;
  across.pixel_stride_in = 65535;
  across.pixel_stride_out = 64;
  across.kind = AcrossTask::kIndexOfSmallest;
  across.flags = AcrossTask::kLast;
  std::vector<Task> tasks;
  for (const TaskPayload& payload : std::vector<TaskPayload>{
           FenceTask{}, DmaTask{.source = a, .destination = b, .run = 7, .count0 = 8, .count1 = 9},
           LoadWeightsTask{.source = b,
           .set = 1,
           .row0 = 64,
           .column0 = 3,
           .rows = 64,
           .columns = 9,
           .column_stride = 65535,
           .valid = 63},
           mvm, drain, elementwise, table, window, resize, across}) {
    Task task{.engine = Engine::kVector, .signal = 63, .layer = 65535, .payload = payload};
    task.waits = {Wait{1, 5}, Wait{62, kMaxSemaphoreValue}, Wait{}};
    tasks.push_back(task);
  }
  return tasks;
}

TEST(Encode, EveryFieldSurvivesTheDescriptor) {
  for (const Task& task : OneOfEach()) {
    const auto decoded = Decode(Encode(task).data());
    ASSERT_TRUE(decoded.ok()) << decoded.error().Format();
    EXPECT_TRUE(*decoded == task) << Disassemble(task) << "\n" << Disassemble(*decoded);
  }
}

TEST(Encode, LayoutByHand) {
  Task task{.engine = Engine::kDma1, .signal = 1, .layer = 0x0203};
  task.waits[0] = {4, 1};
  task.payload = DmaTask{
      .source = {Region::kDdr, 0x122334455}, .destination = {Region::kL1, 1}, .run = 0x01020304};
  const EncodedTask bytes = Encode(task);
  const std::vector<uint8_t> head(bytes.begin(), bytes.begin() + 30);
  EXPECT_EQ(head, (std::vector<uint8_t>{1,    1, 1, 0, 3, 2,    0x44, 0,    0,    0,
                                        0,    0, 0, 0, 0, 0,    0x55, 0x44, 0x33, 0x22,
                                        0x31, 1, 0, 0, 0, 0x10, 4,    3,    2,    1}));
}

TEST(Encode, AnOffsetBeyond36BitsIsABug) {
  Task task;
  task.payload = DmaTask{.source = {Region::kDdr, uint64_t{1} << 36U}, .run = 1};
  EXPECT_THROW(Encode(task), InternalError);
}

TEST(Decode, RandomBytesNeverPassForSomethingElse) {
  std::mt19937 random(1);
  int accepted = 0;
  for (int i = 0; i < 200'000; ++i) {
    EncodedTask bytes;
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
    bytes[0] = static_cast<uint8_t>(random() % 10);
    bytes[1] = static_cast<uint8_t>(random() % 7);
    bytes[3] = bytes[15] = 0;
    const auto task = Decode(bytes.data());
    if (!task.ok()) continue;
    ++accepted;
    EXPECT_EQ(Encode(*task), bytes);
  }
  EXPECT_LT(accepted, 200'000);
}

TEST(Decode, RejectsUnusedBytes) {
  EncodedTask bytes = Encode(Task{});
  bytes[63] = 1;
  EXPECT_FALSE(Decode(bytes.data()).ok());
}

LoadWeightsTask StridedLoad() {
  return {
      .source = {Region::kL1, 1000}, .rows = 64, .columns = 3, .column_stride = 128, .valid = 40};
}

TEST(Decode, RejectsMoreValidRowsThanThereAre) {
  LoadWeightsTask load = StridedLoad();
  EXPECT_TRUE(Decode(Encode({.payload = load}).data()).ok());
  load.valid = 65;
  EXPECT_FALSE(Decode(Encode({.payload = load}).data()).ok());
  load.valid = 0;
  EXPECT_FALSE(Decode(Encode({.payload = load}).data()).ok());
}

TEST(Disassemble, WhatPlainLoadsAndProductsLack) {
  const auto text = [](const TaskPayload& payload) {
    return Disassemble({.engine = Engine::kWeightLoad, .payload = payload});
  };
  EXPECT_NE(text(StridedLoad()).find("64x3, stride 128, 40 rows valid"), std::string::npos);
  LoadWeightsTask packed = StridedLoad();
  packed.column_stride = packed.valid = 64;
  EXPECT_EQ(text(packed).find("stride"), std::string::npos);
  EXPECT_NE(text(MvmTask{.zero_point = -7, .flags = MvmTask::kCentred}).find("minus -7"),
            std::string::npos);
}

// The bytes between the columns are not read.
TEST(UsesOf, StridedLoadsReadTheValidRows) {
  const MemoryUse use = UsesOf(Task{.payload = StridedLoad()});
  ASSERT_EQ(use.reads.size(), 1U);
  EXPECT_EQ(use.reads[0].base.offset, 1000U);
  EXPECT_EQ(use.reads[0].run, 40);
  EXPECT_EQ(use.reads[0].count0 * use.reads[0].count1, 3);
  EXPECT_EQ(use.reads[0].stride0, 128);
}

// A 3x3 stride-2 window from row -1: rows -1..4 of a 10-row plane are clipped to 0..4.
TEST(UsesOf, WindowReadsOnlyThePlane) {
  MvmTask mvm{.input = {Region::kL1, 1000}, .row_stride = 640, .pixel_stride = 64, .channels = 64};
  mvm.in_h = mvm.in_w = 10;
  mvm.out_h = 3;
  mvm.out_w = 1;
  mvm.origin_y = mvm.origin_x = -1;
  mvm.kernel_h = mvm.kernel_w = 3;
  mvm.stride_h = mvm.stride_w = 2;
  const MemoryUse use = UsesOf(Task{.payload = mvm});
  ASSERT_EQ(use.reads.size(), 1U);
  EXPECT_EQ(use.reads[0].base.offset, 1000U);
  EXPECT_EQ(use.reads[0].run, 2 * 64);
  EXPECT_EQ(use.reads[0].count0, 6);
  EXPECT_EQ(use.reads[0].stride0, 640);
}

TEST(UsesOf, ChannelSlicesAreNotContiguous) {
  const TableTask table{.input = {Region::kL1, 0},
                        .output = {Region::kL1, 4096},
                        .height = 2,
                        .width = 3,
                        .channels = 24,
                        .row_stride_in = 192,
                        .row_stride_out = 384,
                        .pixel_stride_in = 64,
                        .pixel_stride_out = 128};
  const MemoryBox out = UsesOf(Task{.payload = table}).writes.at(0);
  EXPECT_EQ(out.run, 24);
  EXPECT_EQ(out.count0, 3);
  EXPECT_EQ(out.stride0, 128);
  EXPECT_EQ(out.count1, 2);
  EXPECT_EQ(out.stride1, 384);
}

}  // namespace
}  // namespace imcc
