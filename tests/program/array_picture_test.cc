// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Small layers written by hand for the 128 x 128 array of targets/tiny.yaml; all figures are
// derived on paper from the comments of MvmTask and RequantizeTask.
#include "program/array_picture.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "support/small_program.h"

namespace imcc {
namespace {

constexpr Address kParameters{Region::kL1, 0x1000};
constexpr Address kInput{Region::kL1, 0x4000};
constexpr Address kOutput{Region::kL1, 0x6000};
constexpr Address kStaging{Region::kL1, 0x8000};
constexpr Address kWeights{Region::kDdr, 0x200000};

/// Bytes of a tile, column after column, 1 where `used(row, column)`.
std::vector<uint8_t> TileBytes(int rows, int columns, const std::function<bool(int, int)>& used) {
  std::vector<uint8_t> bytes;
  for (int column = 0; column < columns; ++column)
    for (int row = 0; row < rows; ++row) bytes.push_back(used(row, column) ? 1 : 0);
  return bytes;
}

Task Load(uint8_t set, Address source, uint16_t rows, uint16_t columns, uint16_t column0 = 0) {
  return {.engine = Engine::kWeightLoad,
          .payload = LoadWeightsTask{.source = source,
                                     .set = set,
                                     .column0 = column0,
                                     .rows = rows,
                                     .columns = columns,
                                     .column_stride = rows,
                                     .valid = rows}};
}

Task Multiply(const MvmTask& mvm) { return {.engine = Engine::kMvm, .payload = mvm}; }

Task Drain(const MvmTask& mvm, uint16_t channels, int64_t first_channel = 0) {
  RequantizeTask drain{.accumulator = mvm.accumulator, .out_h = mvm.out_h, .out_w = mvm.out_w};
  drain.columns = mvm.columns;
  drain.channels = channels;
  drain.replicas = mvm.replicas;
  drain.parameters = Plus(kParameters, first_channel * 8);
  drain.output = kOutput;
  drain.row_stride = 1024;
  drain.pixel_stride = 64;
  return {.engine = Engine::kVector, .payload = drain};
}

/// One output row of `out_w` pixels of a 1 x `kernel_w` convolution.
MvmTask RowOf(uint16_t out_w, uint8_t kernel_w, uint16_t channels) {
  MvmTask mvm{.input = kInput, .row_stride = 1024, .pixel_stride = 64, .channels = channels};
  mvm.in_h = 1;
  mvm.in_w = static_cast<uint16_t>(out_w + kernel_w - 1);
  mvm.out_h = 1;
  mvm.out_w = out_w;
  mvm.kernel_w = kernel_w;
  mvm.pwords = 1;
  return mvm;
}

Program ProgramOf(std::vector<Task> tasks, std::vector<uint8_t> weights) {
  Program program = testing::SmallProgram(std::move(tasks), "tiny");
  program.segments = {{"weights", kWeights, std::move(weights)}};
  return program;
}

ArrayPicture MustDraw(const Program& program) {
  const auto pictures = DrawArrays(program, testing::ReadTarget("tiny"));
  EXPECT_TRUE(pictures.ok()) << (pictures.ok() ? "" : pictures.error().Format());
  return pictures.ok() && !pictures->empty() ? pictures->front() : ArrayPicture{};
}

/// 1x2 convolution, 3 -> 2 channels, two output pixels a multiply: three input columns of 64 rows
/// each, so two tiles. The first comes from DDR in two chunks.
Program ShiftedWindows() {
  std::vector<uint8_t> weights = TileBytes(
      128, 4, [](int row, int column) { return row < 3 ? column < 2 : row >= 64 && row < 67; });
  const std::vector<uint8_t> second =
      TileBytes(64, 4, [](int row, int column) { return row < 3 && column >= 2; });
  weights.insert(weights.end(), second.begin(), second.end());
  MvmTask mvm = RowOf(5, 2, 3);
  mvm.replicas = 2;
  mvm.columns = 4;
  mvm.pwords = 2;
  MvmTask next = mvm;
  next.first_pword = 2;
  next.pwords = 1;
  next.set = 1;
  next.flags = MvmTask::kAccumulate;
  return ProgramOf(
      {testing::Copy(Engine::kDma0, kWeights, kStaging, 256), Load(0, kStaging, 128, 2),
       testing::Copy(Engine::kDma0, Plus(kWeights, 256), kStaging, 256),
       Load(0, kStaging, 128, 2, 2), Multiply(mvm),
       testing::Copy(Engine::kDma0, Plus(kWeights, 512), kStaging, 256), Load(1, kStaging, 64, 4),
       Multiply(next), Drain(mvm, 2)},
      weights);
}

TEST(DrawArrays, ShiftedWindowsOfTwoReplicas) {
  const ArrayPicture picture = MustDraw(ShiftedWindows());
  EXPECT_EQ(picture.name, "layer");
  EXPECT_EQ(picture.replicas, 2);
  EXPECT_EQ(picture.groups, 1);
  EXPECT_TRUE(picture.is_shifted());
  ASSERT_EQ(picture.tiles.size(), 2U);
  const std::vector<ArrayColumns> columns = {{{0, 2}, 0, {0, 2}}, {{2, 4}, 1, {0, 2}}};

  const ArrayTile& first = picture.tiles[0];
  EXPECT_EQ(first.home, kWeights);
  EXPECT_EQ(first.sets, std::vector<int64_t>{0});
  EXPECT_EQ(first.rows, (Interval<int64_t>{0, 128}));
  EXPECT_EQ(first.columns, (Interval<int64_t>{0, 4}));
  EXPECT_EQ(first.row_meaning,
            (std::vector<ArrayRows>{{{0, 3}, 0, 0, {0, 3}, 0b01}, {{64, 67}, 0, 1, {0, 3}, 0b11}}));
  EXPECT_EQ(first.column_meaning, columns);
  EXPECT_EQ(first.blocks, (std::vector<WeightBlock>{
                              {{0, 3}, {0, 2}, 0}, {{64, 67}, {0, 2}, 0}, {{64, 67}, {2, 4}, 1}}));
  EXPECT_EQ(first.weight_cells, 18);
  EXPECT_EQ(first.nonzero_cells, 18);
  EXPECT_EQ(first.bytes(), Bytes(512));

  const ArrayTile& second = picture.tiles[1];
  EXPECT_EQ(second.home, Plus(kWeights, 512));
  EXPECT_EQ(second.sets, std::vector<int64_t>{1});
  EXPECT_EQ(second.row_meaning, (std::vector<ArrayRows>{{{0, 3}, 0, 2, {0, 3}, 0b10}}));
  EXPECT_EQ(second.column_meaning, columns);
  EXPECT_EQ(second.blocks, (std::vector<WeightBlock>{{{0, 3}, {2, 4}, 1}}));
}

TEST(DrawArrays, FiguresOfShiftedWindows) {
  const ArrayPicture picture = MustDraw(ShiftedWindows());
  EXPECT_EQ(picture.mvms(), Mvms(6));   // ceil(5 / 2) pairs of pixels, two tiles.
  EXPECT_EQ(picture.macs(), Macs(60));  // 5 pixels x 2 outputs x 2 taps x 3 channels.
  EXPECT_EQ(picture.weight_bytes(), Bytes(768));
  EXPECT_EQ(picture.sets(), (std::vector<int64_t>{0, 1}));
  EXPECT_DOUBLE_EQ(picture.occupancy(), 24.0 / (2 * 128 * 128));
  EXPECT_DOUBLE_EQ(picture.effective_utilisation(), 60.0 / (6 * 128 * 128));
}

TEST(DrawArrays, GroupsStandOnTheDiagonal) {
  MvmTask mvm = RowOf(4, 1, 8);
  mvm.set = 2;
  mvm.columns = 8;
  const auto diagonal = [](int row, int column) { return row < 8 && row / 2 == column / 2; };
  const ArrayPicture picture =
      MustDraw(ProgramOf({testing::Copy(Engine::kDma0, kWeights, kStaging, 512),
                          Load(2, kStaging, 64, 8), Multiply(mvm), Drain(mvm, 8)},
                         TileBytes(64, 8, diagonal)));
  EXPECT_EQ(picture.groups, 4);
  EXPECT_FALSE(picture.is_shifted());
  ASSERT_EQ(picture.tiles.size(), 1U);
  EXPECT_EQ(
      picture.tiles[0].blocks,
      (std::vector<WeightBlock>{
          {{0, 2}, {0, 2}, 0}, {{2, 4}, {2, 4}, 0}, {{4, 6}, {4, 6}, 0}, {{6, 8}, {6, 8}, 0}}));
  EXPECT_EQ(picture.macs(), Macs(4 * 16));
}

/// Two groups of 4 -> 2 channels in a tile each: the address of the parameters tells them apart.
TEST(DrawArrays, BlocksOfChannelsAreTwoTiles) {
  MvmTask first = RowOf(4, 1, 4);
  first.columns = 2;
  MvmTask second = first;
  second.input = Plus(kInput, 4);
  second.set = 1;
  second.accumulator = 8;
  const auto dense = [](int row, int) { return row < 4; };
  const ArrayPicture picture =
      MustDraw(ProgramOf({testing::Copy(Engine::kDma0, kWeights, kStaging, 256),
                          Load(0, kStaging, 64, 2), Load(1, Plus(kStaging, 128), 64, 2),
                          Multiply(first), Multiply(second), Drain(first, 2), Drain(second, 2, 2)},
                         TileBytes(64, 4, dense)));
  EXPECT_EQ(picture.groups, 2);
  ASSERT_EQ(picture.tiles.size(), 2U);
  EXPECT_EQ(picture.tiles[0].row_meaning, (std::vector<ArrayRows>{{{0, 4}, 0, 0, {0, 4}, 1}}));
  EXPECT_EQ(picture.tiles[1].row_meaning, (std::vector<ArrayRows>{{{0, 4}, 0, 0, {4, 8}, 1}}));
  EXPECT_EQ(picture.tiles[1].column_meaning, (std::vector<ArrayColumns>{{{0, 2}, 0, {2, 4}}}));
  EXPECT_EQ(picture.tiles[1].blocks, (std::vector<WeightBlock>{{{0, 4}, {0, 2}, 0}}));
}

/// Kernel rows of few channels are packed: 3 columns of 2 bytes side by side.
TEST(DrawArrays, SubwordPacksColumns) {
  MvmTask mvm = RowOf(4, 2, 0);
  mvm.kernel_h = 2;
  mvm.in_h = 2;
  mvm.pixel_stride = 2;
  mvm.flags = MvmTask::kSubword;
  mvm.replicas = 2;
  mvm.columns = 2;
  mvm.pwords = 2;
  const auto used = [](int row, int column) {
    return row % 64 >= 2 * column && row % 64 < 2 * column + 4;
  };
  const ArrayPicture picture =
      MustDraw(ProgramOf({testing::Copy(Engine::kDma0, kWeights, kStaging, 256),
                          Load(0, kStaging, 128, 2), Multiply(mvm), Drain(mvm, 1)},
                         TileBytes(128, 2, used)));
  ASSERT_EQ(picture.tiles.size(), 1U);
  const ArrayTile& tile = picture.tiles[0];
  EXPECT_EQ(tile.row_meaning, (std::vector<ArrayRows>{{{0, 2}, 0, 0, {0, 2}, 0b01},
                                                      {{2, 4}, 0, 1, {0, 2}, 0b11},
                                                      {{4, 6}, 0, 2, {0, 2}, 0b10},
                                                      {{64, 66}, 1, 0, {0, 2}, 0b01},
                                                      {{66, 68}, 1, 1, {0, 2}, 0b11},
                                                      {{68, 70}, 1, 2, {0, 2}, 0b10}}));
  EXPECT_EQ(tile.weight_cells, tile.nonzero_cells);
}

TEST(DrawArrays, CountsLoadsAndSetsOfATile) {
  MvmTask mvm = RowOf(4, 1, 1);
  mvm.columns = 1;
  MvmTask later = mvm;
  later.set = 3;
  const Task load = Load(0, kStaging, 64, 1);
  const ArrayPicture picture = MustDraw(ProgramOf(
      {testing::Copy(Engine::kDma0, kWeights, kStaging, 64), load, Multiply(mvm), Multiply(mvm),
       load, Multiply(mvm), Load(3, kStaging, 64, 1), Multiply(later), Drain(later, 1)},
      TileBytes(64, 1, [](int row, int) { return row == 0; })));
  ASSERT_EQ(picture.tiles.size(), 1U);
  EXPECT_EQ(picture.tiles[0].loads, 3);
  EXPECT_EQ(picture.tiles[0].sets, (std::vector<int64_t>{0, 3}));
  EXPECT_EQ(picture.mvms(), Mvms(16));
}

/// The message of the error that drawing ends with.
std::string Refusal(Task task) {
  const auto pictures = DrawArrays(ProgramOf({std::move(task)}, {1}), testing::ReadTarget("tiny"));
  EXPECT_FALSE(pictures.ok());
  return pictures.ok() ? "" : pictures.error().subject + " " + pictures.error().message;
}

TEST(DrawArrays, RefusesWhatIsNotLoadedOrNotThere) {
  MvmTask mvm = RowOf(4, 1, 1);
  mvm.columns = 2;
  EXPECT_EQ(Refusal(Multiply(mvm)),
            "set 0 is multiplied from row 0, column 0 on, where nothing was loaded");
  EXPECT_EQ(Refusal(Load(0, kStaging, 64, 200)),
            "set 0 rows up to 64 and columns up to 200 are used, and the array has 4 sets of 128 x "
            "128");
  EXPECT_EQ(Refusal(Load(9, kStaging, 64, 2)),
            "set 9 rows up to 64 and columns up to 2 are used, and the array has 4 sets of 128 x "
            "128");
}

TEST(DrawArrays, LayersWithoutTheArrayHaveNoPicture) {
  const auto pictures =
      DrawArrays(ProgramOf({testing::Copy(Engine::kDma0, kWeights, kStaging, 1)}, {1}),
                 testing::ReadTarget("tiny"));
  ASSERT_TRUE(pictures.ok());
  EXPECT_TRUE(pictures->empty());
}

TEST(DrawArrays, HostileTasksNeverCrash) {
  const Program good = ShiftedWindows();
  const Target target = testing::ReadTarget("tiny");
  std::mt19937 random(1);
  int drawn = 0;
  for (int i = 0; i < 1000; ++i) {
    Program program = good;
    program.layers.push_back({"other", "Test"});
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      Task& task = program.cores[0][random() % program.cores[0].size()];
      EncodedTask bytes = Encode(task);
      bytes.at(random() % bytes.size()) = static_cast<uint8_t>(random());
      const auto decoded = Decode(bytes.data());
      if (decoded.ok()) task = *decoded;
    }
    const auto pictures = DrawArrays(program, target);
    if (!pictures.ok()) continue;
    for (const ArrayPicture& picture : *pictures) {
      for (const ArrayTile& tile : picture.tiles) RasterOf(picture, tile, 32, 64);
      drawn += picture.mvms().count() > 0 ? 1 : 0;
    }
  }
  EXPECT_GT(drawn, 50);
}

TEST(RasterOf, ShowsTheReplicaWithMostCells) {
  const ArrayPicture picture = MustDraw(ShiftedWindows());
  const ArrayRaster fine = RasterOf(picture, picture.tiles[0], 128, 128);
  EXPECT_EQ(fine.patch_rows, 1);
  EXPECT_EQ(fine.at(0, 0), 0);
  EXPECT_EQ(fine.at(0, 2), ArrayRaster::kLoadedZero);
  EXPECT_EQ(fine.at(3, 0), ArrayRaster::kLoadedZero);
  EXPECT_EQ(fine.at(64, 1), 0);
  EXPECT_EQ(fine.at(66, 3), 1);
  EXPECT_EQ(fine.at(0, 4), ArrayRaster::kNotLoaded);

  const ArrayRaster coarse = RasterOf(picture, picture.tiles[1], 32, 64);
  EXPECT_EQ(coarse.patch_rows, 4);
  EXPECT_EQ(coarse.patch_columns, 2);
  EXPECT_EQ(coarse.height, 32);
  EXPECT_EQ(coarse.width, 64);
  EXPECT_EQ(coarse.at(0, 0), ArrayRaster::kLoadedZero);
  EXPECT_EQ(coarse.at(0, 1), 1);
  EXPECT_EQ(coarse.at(15, 1), ArrayRaster::kLoadedZero);
  EXPECT_EQ(coarse.at(16, 1), ArrayRaster::kNotLoaded);
  EXPECT_EQ(coarse.at(0, 2), ArrayRaster::kNotLoaded);
}

}  // namespace
}  // namespace imcc
