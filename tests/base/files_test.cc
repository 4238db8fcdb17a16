// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace imcc {
namespace {

TEST(Files, RoundTripsBytes) {
  const std::string path = testing::TempDir() + "/imcc_files_test.bin";
  const std::string bytes("a\0b\r\n", 5);
  ASSERT_TRUE(WriteFile(path, bytes).ok());
  const auto read = ReadFile(path, Bytes(5));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, bytes);
  EXPECT_FALSE(ReadFile(path, Bytes(4)).ok()) << "larger than the limit";
  std::filesystem::remove(path);
}

TEST(Files, RefusesWhatIsNotAFile) {
  for (const char* path : {"/no/such/file", "/tmp", "/dev/zero", ""}) {
    const auto read = ReadFile(path, Bytes(100), ErrorCode::kData);
    ASSERT_FALSE(read.ok()) << path;
    EXPECT_EQ(read.error().code, ErrorCode::kData);
  }
  EXPECT_FALSE(WriteFile("/no/such/folder/file", "x").ok());
}

}  // namespace
}  // namespace imcc
