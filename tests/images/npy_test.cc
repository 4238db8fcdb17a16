// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <random>

#include "images/image_testing.h"

namespace imcc::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A version 1.0 file by hand.
std::string Npy(const std::string& descr, const std::string& shape, const std::string& data,
                const std::string& order = "False") {
  const std::string header =
      "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size());
  bytes += '\0';
  return bytes + header + data;
}

template <class T>
std::string Raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

TEST(Npy, EveryTypeOfNumber) {
  const TempFolder folder;
  const auto values = [&](const std::string& descr, const std::string& data) {
    const auto array = ReadNpy(folder.Write("x.npy", Npy(descr, "(2,)", data)));
    EXPECT_TRUE(array.ok()) << array.error().Format();
    return array.ok() ? array->values : std::vector<float>{};
  };
  EXPECT_THAT(values("<f4", Raw<float>({1.5F, -2})), ElementsAre(1.5F, -2));
  EXPECT_THAT(values("<f8", Raw<double>({1.5, -2})), ElementsAre(1.5F, -2));
  EXPECT_THAT(values("|u1", Raw<uint8_t>({1, 255})), ElementsAre(1, 255));
  EXPECT_THAT(values("|i1", Raw<int8_t>({1, -1})), ElementsAre(1, -1));
  EXPECT_THAT(values("<i4", Raw<int32_t>({1, -70000})), ElementsAre(1, -70000));
  EXPECT_THAT(values("<i8", Raw<int64_t>({1, -70000})), ElementsAre(1, -70000));
}

TEST(Npy, WritesWhatItReads) {
  const TempFolder folder;
  const std::string path = folder.path() + "/x.npy";
  for (const std::vector<int64_t>& shape : {std::vector<int64_t>{6}, {2, 3}, {1, 3, 2, 1}}) {
    ASSERT_TRUE(WriteNpy(path, {shape, {0, 1, 2, 3, 4, 5}}));
    const auto array = ReadNpy(path);
    ASSERT_TRUE(array.ok()) << array.error().Format();
    EXPECT_EQ(array->shape, shape);
    EXPECT_THAT(array->values, ElementsAre(0, 1, 2, 3, 4, 5));
  }
  const std::string bytes = ReadFile(path, Bytes(1000)).value();
  EXPECT_EQ((bytes.size() - 24) % 64, 0U);  // NumPy aligns the data.
}

TEST(Npy, ScalarsHaveNoAxes) {
  const TempFolder folder;
  const auto array = ReadNpy(folder.Write("x.npy", Npy("<f4", "()", Raw<float>({3}))));
  ASSERT_TRUE(array.ok());
  EXPECT_TRUE(array->shape.empty());
  EXPECT_THAT(array->values, ElementsAre(3));
}

TEST(Npy, HostileHeadersAreErrors) {
  const TempFolder folder;
  const auto message = [&](const std::string& bytes) {
    const auto array = ReadNpy(folder.Write("x.npy", bytes));
    EXPECT_FALSE(array.ok());
    return array.ok() ? std::string() : array.error().message;
  };
  const std::string two = Raw<float>({1, 2});
  EXPECT_THAT(message(""), HasSubstr("not a .npy"));
  EXPECT_THAT(message("\x93NUMPZ\x01\x00 and so on"), HasSubstr("not a .npy"));
  EXPECT_THAT(message(std::string("\x93NUMPY\x01\x00\xff\xff", 10)), HasSubstr("header of 65535"));
  EXPECT_THAT(message(Npy("<f4", "(3,)", two)), HasSubstr("shorter than its shape"));
  EXPECT_THAT(message(Npy("<f4", "(4294967296, 4294967296)", two)), HasSubstr("shorter"));
  EXPECT_THAT(message(Npy("<f4", "(0,)", two)), HasSubstr("empty"));
  EXPECT_THAT(message(Npy("<f4", "(-1,)", two)), HasSubstr("shape"));
  EXPECT_THAT(message(Npy("<f4", "(2", two)), HasSubstr("lacks"));
  EXPECT_THAT(message(Npy("<f4", "(2,)", two, "True")), HasSubstr("Fortran"));
  EXPECT_THAT(message(Npy(">f4", "(2,)", two)), HasSubstr("type"));
  EXPECT_THAT(message(Npy("|O", "(2,)", two)), HasSubstr("type"));
}

TEST(Npy, FlippedBytesNeverCrash) {
  const TempFolder folder;
  std::mt19937 random(1);
  const std::string good = Npy("<f4", "(1, 2)", Raw<float>({1, 2}));
  for (int round = 0; round < 500; ++round) {
    std::string bytes = good;
    for (int i = 0; i < 2; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    const auto array = ReadNpy(folder.Write("x.npy", bytes));
    if (array.ok()) {
      EXPECT_LE(array->values.size(), 10U);
    }
  }
}

}  // namespace
}  // namespace imcc::testing
