// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include <thread>

#include "images/image_testing.h"

namespace imcc::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Network From(const std::string& path) {
  Network network;
  network.dataset = Dataset{.calibration_data = path, .validation_data = path};
  return network;
}

/// Sample `index` through listing and loading; the error's message in a failure.
std::vector<float> Load(const std::string& path, int64_t index, int64_t h, int64_t w, int64_t c) {
  const Network network = From(path);
  const auto samples = ListCalibrationSamples(network);
  if (!samples.ok()) {
    ADD_FAILURE() << samples.error().Format();
    return {};
  }
  const auto values = LoadSample(samples->at(size_t(index)), network, h, w, c);
  if (!values.ok()) ADD_FAILURE() << values.error().Format();
  return values.ok() ? *values : std::vector<float>{};
}

std::string Idx(char rank, const std::vector<uint32_t>& dims, const std::string& data) {
  std::string bytes = {0, 0, 8, rank};
  for (const uint32_t dim : dims)
    for (const uint32_t shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>(dim >> shift);
  return bytes + data;
}

void WriteGz(const std::string& path, const std::string& bytes) {
  gzFile file = gzopen(path.c_str(), "wb");
  ASSERT_EQ(gzwrite(file, bytes.data(), unsigned(bytes.size())), int(bytes.size()));
  gzclose(file);
}

TEST(SampleReader, RawFilesArePlanar) {
  const TempFolder folder;
  const std::string path = folder.Write("x_2x3x1x2.u8", "rRgGbBsStTuU");
  EXPECT_THAT(Load(path, 0, 1, 2, 3), ElementsAre('r', 'g', 'b', 'R', 'G', 'B'));
  EXPECT_THAT(Load(path, 1, 1, 2, 3), ElementsAre('s', 't', 'u', 'S', 'T', 'U'));
}

TEST(SampleReader, RawFloatsAreReadyInputs) {
  const TempFolder folder;
  const std::vector<float> planes = {1, 2, 3, 4, 5, 6, -1.5F, 0, 0, 0, 0, 1e30F};
  const std::string path = folder.Write(
      "x_2x3x1x2.f32", {reinterpret_cast<const char*>(planes.data()), planes.size() * 4});
  EXPECT_THAT(Load(path, 0, 1, 2, 3), ElementsAre(1, 3, 5, 2, 4, 6));
  EXPECT_THAT(Load(path, 1, 1, 2, 3), ElementsAre(-1.5F, 0, 0, 0, 0, 1e30F));
}

TEST(SampleReader, IdxPlainAndGzipped) {
  const TempFolder folder;
  const std::string images = Idx(3, {2, 1, 3}, "abcdef");
  EXPECT_THAT(Load(folder.Write("t10k-images-idx3-ubyte", images), 1, 1, 3, 1),
              ElementsAre('d', 'e', 'f'));
  const std::string packed = folder.path() + "/train-images-idx3-ubyte.gz";
  WriteGz(packed, images);
  EXPECT_THAT(Load(packed, 0, 1, 3, 1), ElementsAre('a', 'b', 'c'));
  WriteGz(folder.path() + "/train-labels-idx1-ubyte.gz", Idx(1, {2}, {9, 4}));
  const auto samples = ListValidationSamples(From(packed));
  ASSERT_TRUE(samples.ok()) << samples.error().Format();
  EXPECT_EQ(samples->at(0).label, 9);
  EXPECT_EQ(samples->at(1).label, 4);
}

TEST(SampleReader, DamagedIdxFilesAreErrors) {
  const TempFolder folder;
  const auto message = [&](const std::string& bytes, size_t index = 0) {
    const std::string path = folder.Write("images-idx3-ubyte", bytes);
    const auto samples = ListCalibrationSamples(From(path));
    if (!samples.ok()) return samples.error().message;
    const auto values = LoadSample(samples->at(index), From(path), 1, 3, 1);
    return values.ok() ? std::string() : values.error().message;
  };
  EXPECT_THAT(message("no"), HasSubstr("not an IDX file"));
  EXPECT_THAT(message(Idx(2, {2, 3, 1}, "")), HasSubstr("2 dimensions, not bytes in 3"));
  EXPECT_THAT(message(Idx(3, {2, 1, 3}, "abcde"), 1), HasSubstr("ends before its 2 images"));
  EXPECT_EQ(message(Idx(3, {2, 1, 3}, "abcde"), 0), "") << "unpacks more than was asked for";
  EXPECT_THAT(message(Idx(3, {0xffffffff, 0xffffffff, 0xffffffff}, "")), HasSubstr("dimension 0"));
  EXPECT_THAT(message(Idx(3, {1 << 29, 1, 1}, "abc")), HasSubstr("too many samples"));
}

TEST(SampleReader, NpyImagesArePreprocessedAndTensorsAreNot) {
  const TempFolder folder;
  const std::string header(
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1, 2, 3), }                     \n");
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size());
  bytes += '\0';
  const std::string images = folder.Write("i.npy", bytes + header + "rgbRGBstuSTU");
  // 1 x 2 x 3 could be one plane of 2 x 3 pixels or two pixels of three colours: planes first.
  EXPECT_THAT(Load(images, 1, 2, 3, 1), ElementsAre('s', 't', 'u', 'S', 'T', 'U'));

  const std::string tensors = folder.path() + "/t.npy";
  ASSERT_TRUE(WriteNpy(tensors, {{1, 3, 1, 2}, {0.5F, 1, 2, 3, 4, 5}}));
  EXPECT_THAT(Load(tensors, 0, 1, 2, 3), ElementsAre(0.5F, 2, 4, 1, 3, 5));
  ASSERT_TRUE(WriteNpy(tensors, {{1, 1, 2, 3}, {0.5F, 1, 2, 3, 4, 5}}));
  EXPECT_THAT(Load(tensors, 0, 1, 2, 3), ElementsAre(0.5F, 1, 2, 3, 4, 5));
  const auto mismatch = LoadSample({.path = tensors, .index = 0}, Network{}, 5, 5, 3);
  ASSERT_FALSE(mismatch.ok());
  EXPECT_THAT(mismatch.error().message, HasSubstr("1 x 2 x 3 and the model takes 3 x 5 x 5"));
}

TEST(SampleReader, ErrorsOfPreprocessingNameTheFile) {
  const TempFolder folder;
  const std::string path = folder.Write("a.pgm", Pgm(2, 1, {1, 2}));
  const auto values = LoadSample({.path = path}, Network{}, 4, 4, 1);
  ASSERT_FALSE(values.ok());
  EXPECT_EQ(values.error().place.file, path);
  EXPECT_THAT(values.error().hint, HasSubstr("resize"));
}

TEST(SampleReader, IndicesBeyondTheFileAreErrors) {
  const TempFolder folder;
  const std::string path = folder.Write("x_1x1x1x1.u8", "a");
  EXPECT_FALSE(LoadSample({.path = path, .index = 1}, Network{}, 1, 1, 1).ok());
}

TEST(SampleReader, ManyThreadsShareOneReader) {
  const TempFolder folder;
  std::string data;
  for (int i = 0; i < 200; ++i) data.append(4, static_cast<char>(i));
  const std::string path = folder.Write("x_200x1x2x2.u8", data);
  SampleReader reader;
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int64_t i = 0; i < 200; ++i) {
        const auto values = reader.Load({.path = path, .index = i}, Network{}, 2, 2, 1);
        if (!values.ok() || *values != std::vector<float>(4, static_cast<float>(i))) ++wrong[t];
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ElementsAre(0, 0, 0, 0));
}

TEST(SampleReader, FashionMnist) {
  const std::string path = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no Debian package dataset-fashion-mnist";
  const auto samples = ListValidationSamples(From(path));
  ASSERT_TRUE(samples.ok()) << samples.error().Format();
  ASSERT_EQ(samples->size(), 10000U);
  EXPECT_EQ(samples->at(0).label, 9);  // An ankle boot.
  SampleReader reader;
  for (const size_t i : {0U, 9999U}) {
    const auto values = reader.Load(samples->at(i), Network{}, 28, 28, 1);
    ASSERT_TRUE(values.ok());
    EXPECT_EQ(values->size(), 784U);
  }
}

}  // namespace
}  // namespace imcc::testing
