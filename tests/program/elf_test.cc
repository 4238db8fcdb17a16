// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <elf.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <random>

#include "program/elf_format.h"
#include "program/program.h"
#include "support/small_program.h"

namespace imcc {
namespace {

Program Sample() {
  Program program = testing::SmallProgram(
      {testing::Copy(Engine::kDma0, {Region::kDdr, 0}, {Region::kL1, 64}, 64),
       testing::Copy(Engine::kDma1, {Region::kL1, 64}, {Region::kDdr, 128}, 64)});
  program.cores[0][1].waits[0] = {0, 1};
  program.segments = {{".const.l2", {Region::kL2, 4096}, {1, 2, 3, 4, 5}}};
  program.symbols = {{"x", {Region::kDdr, 0}, 64}, {"y", {Region::kDdr, 128}, 64}};
  IoTensor x{.name = "x",
             .shape = {1, 1, 1, 64},
             .channels_last = true,
             .address = {Region::kDdr, 0},
             .channels = 64,
             .row_stride = 64,
             .pixel_stride = 64,
             .scale = {0.5F},
             .zero_point = {3}};
  IoTensor y = x;
  y.name = "y";
  y.address.offset = 128;
  program.layers = {{"copy", "Copy"}};
  program.memory = {.l1 = Bytes(4096),
                    .l2 = Bytes(8192),
                    .ddr = Bytes(65536),
                    .blocks = {{"x", {Region::kDdr, 0}, Bytes(64), {0, 1}}}};
  program.inputs = {x};
  program.outputs = {y};
  return program;
}

std::string MustWrite(const Program& program) {
  auto elf = WriteElf(program);
  EXPECT_TRUE(elf.ok());
  return std::move(elf).value();
}

TEST(Elf, RoundTrip) {
  const Program program = Sample();
  const auto read = ReadElf(MustWrite(program));
  ASSERT_TRUE(read.ok()) << read.error().Format();
  EXPECT_TRUE(read->cores == program.cores);
  EXPECT_EQ(read->task_lists, program.task_lists);
  ASSERT_EQ(read->segments.size(), 1U);
  EXPECT_EQ(read->segments[0].bytes, program.segments[0].bytes);
  EXPECT_EQ(read->segments[0].name, ".const.l2");
  EXPECT_EQ(read->symbols.size(), 2U);
  EXPECT_EQ(read->symbols[1].name, "y");
  EXPECT_EQ(read->inputs[0].scale, program.inputs[0].scale);
  EXPECT_EQ(read->target_yaml, program.target_yaml);
  EXPECT_EQ(read->memory.l2, Bytes(8192));
  ASSERT_EQ(read->memory.blocks.size(), 1U);
  EXPECT_EQ(read->memory.blocks[0].name, "x");
  EXPECT_EQ(read->memory.blocks[0].size, Bytes(64));
  EXPECT_EQ(read->memory.blocks[0].layers, (Interval<int64_t>{0, 1}));
}

TEST(Elf, RefusesMemoryBlocksOutOfRange) {
  const auto complaint = [](const MemoryBlock& block) {
    Program program = Sample();
    program.memory.blocks = {block};
    const auto read = ReadElf(MustWrite(program));
    return read.ok() ? "" : read.error().message;
  };
  const Address ddr{Region::kDdr, 0};
  EXPECT_EQ(complaint({"b", ddr, Bytes(64), {0, 1}}), "");
  EXPECT_EQ(complaint({"b", {static_cast<Region>(0), 0}, Bytes(64), {0, 1}}), "b: no such memory");
  EXPECT_EQ(complaint({"b", ddr, Bytes(-1), {0, 1}}), "b: its place is out of range");
  EXPECT_EQ(complaint({"b", ddr, Bytes(int64_t{1} << 60), {0, 1}}), "b: its place is out of range");
  EXPECT_EQ(complaint({"b", ddr, Bytes(64), {0, 2}}), "b: its layers are out of range");
  EXPECT_EQ(complaint({"b", ddr, Bytes(64), {-1, 1}}), "b: its layers are out of range");
}

TEST(Elf, SameProgramSameBytes) { EXPECT_EQ(MustWrite(Sample()), MustWrite(Sample())); }

TEST(Elf, ReadelfFindsNothingToWarnAbout) {
  const std::string path = ::testing::TempDir() + "/imcc_elf_test.elf";
  std::ofstream(path, std::ios::binary) << MustWrite(Sample());
  const std::string command = "readelf -a " + path + " 2>&1";
  std::FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string text;
  char buffer[4096];
  while (const size_t n = std::fread(buffer, 1, sizeof(buffer), pipe)) text.append(buffer, n);
  if (pclose(pipe) != 0) GTEST_SKIP() << "no readelf here: " << text;
  EXPECT_EQ(text.find("arning"), std::string::npos) << text;
  EXPECT_EQ(text.find("rror"), std::string::npos) << text;
  EXPECT_NE(text.find(".tasks.core0"), std::string::npos);
  EXPECT_NE(text.find("imcc"), std::string::npos);
}

TEST(Elf, EveryDamagedByteIsNoticed) {
  const std::string elf = MustWrite(Sample());
  std::mt19937 random(1);
  for (size_t at = 0; at < elf.size(); at += 1 + random() % 3) {
    std::string damaged = elf;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (random() % 8)));
    EXPECT_FALSE(ReadElf(damaged).ok()) << "byte " << at;
  }
}

TEST(Elf, TruncatedFilesAreRefused) {
  const std::string elf = MustWrite(Sample());
  for (size_t size = 0; size < elf.size(); size += 97)
    EXPECT_FALSE(ReadElf(elf.substr(0, size)).ok()) << size;
}

// With the checksum made right again the parser itself must hold.
TEST(Elf, HostileFilesNeverCrashTheReader) {
  const std::string elf = MustWrite(Sample());
  std::mt19937 random(2);
  for (int round = 0; round < 3000; ++round) {
    std::string hostile = elf;
    if (random() % 4 == 0) hostile.resize(64 + random() % (hostile.size() - 64));
    for (unsigned i = 0; i < 1 + random() % 6; ++i)
      hostile[random() % hostile.size()] = static_cast<char>(random());
    const uint32_t checksum = FileChecksum(hostile);
    for (unsigned i = 0; i < 4; ++i)
      hostile[kFlagsOffset + i] = static_cast<char>(checksum >> (8U * i));
    const auto program = ReadElf(hostile);
    if (program.ok()) {
      EXPECT_FALSE(program->cores.empty());
    }
  }
}

TEST(ProgramJudge, NoticesAWaitThatNothingSatisfies) {
  Program program = Sample();
  EXPECT_TRUE(Verify(program).ok());
  program.cores[0][0].waits[0] = {1, 1};
  EXPECT_FALSE(Verify(program).ok());
}

TEST(ProgramJudge, NoticesAddressesOutsideTheTarget) {
  Program program = Sample();
  std::get<DmaTask>(program.cores[0][0].payload).destination.offset = 4 << 20;
  EXPECT_FALSE(Verify(program).ok());
  program = Sample();
  program.segments[0].address.offset = (32 << 20) - 4;
  EXPECT_FALSE(Verify(program).ok());
}

TEST(ProgramJudge, NoticesAnEngineThatCannotExecuteItsTask) {
  Program program = Sample();
  program.cores[0][0].engine = Engine::kVector;
  EXPECT_FALSE(Verify(program).ok());
}

// 60 sections over the same bytes would ask for 60 times the file.
TEST(Elf, SectionsThatShareBytesAreRefused) {
  Program program = Sample();
  program.segments.clear();
  for (int i = 0; i < 60; ++i)
    program.segments.push_back({".part" + std::to_string(i),
                                {Region::kDdr, 4096 * static_cast<uint64_t>(i + 1)},
                                std::vector<uint8_t>(64)});
  std::string elf = MustWrite(program);
  ASSERT_TRUE(ReadElf(elf).ok());
  Elf64_Ehdr header = {};
  std::memcpy(&header, elf.data(), sizeof(header));
  for (size_t i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr section = {};
    char* at = elf.data() + header.e_shoff + i * sizeof(section);
    std::memcpy(&section, at, sizeof(section));
    if (section.sh_type != SHT_PROGBITS || section.sh_size != 64) continue;
    section.sh_offset = 0;
    section.sh_size = elf.size();
    std::memcpy(at, &section, sizeof(section));
  }
  const uint32_t checksum = FileChecksum(elf);
  std::memcpy(elf.data() + kFlagsOffset, &checksum, sizeof(checksum));
  EXPECT_FALSE(ReadElf(elf).ok());
}

TEST(ProgramJudge, NoticesWritesToWhatIsLoadedOnce) {
  Program program = Sample();
  program.segments.push_back({".const.ddr", {Region::kDdr, 192}, {7}});
  EXPECT_TRUE(Verify(program).ok());  // Right behind the bytes written.
  auto& store = std::get<DmaTask>(program.cores[0][1].payload);
  store.run = 65;
  EXPECT_FALSE(Verify(program).ok());
  store.run = 16;  // Around it: 128 to 144, 208 to 224.
  store.count0 = 2;
  store.destination_stride0 = 80;
  EXPECT_TRUE(Verify(program).ok());
  store.destination_stride0 = 64;
  EXPECT_FALSE(Verify(program).ok());
}

TEST(ProgramJudge, NoticesOverlappingSegments) {
  Program program = Sample();
  program.segments.push_back({".more", {Region::kL2, 4100}, {9}});
  EXPECT_FALSE(Verify(program).ok());
}

}  // namespace
}  // namespace imcc
