// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

namespace imcc {
namespace {

namespace fs = std::filesystem;

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

class WrittenFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ("imcc_written_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  std::string Contents(const std::string& name) const {
    return ReadFile(Path(name), Bytes(1 << 20)).value();
  }
  size_t Count() const {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

TEST_F(WrittenFiles, KeepTheOldFileWhereTheNewOneDoesNotFit) {
  ASSERT_TRUE(WriteFile(Path("a"), "as it was").ok());
  // A limit on the size of files stands for a full disk.
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small = {.rlim_cur = 1000, .rlim_max = before.rlim_max};
  auto* const signal_before = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status written = WriteFile(Path("a"), std::string(5000, 'x'));
  const Status created = CreateFile(Path("b"), std::string(5000, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, signal_before);
  EXPECT_EQ(written.error().code, ErrorCode::kIo);
  EXPECT_EQ(created.error().code, ErrorCode::kIo);
  EXPECT_EQ(Contents("a"), "as it was");
  EXPECT_EQ(Count(), 1U);
}

TEST_F(WrittenFiles, KeepModeAndLinks) {
  ASSERT_TRUE(WriteFile(Path("a"), "1").ok());
  fs::permissions(Path("a"), fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("a", Path("link"));
  ASSERT_TRUE(WriteFile(Path("link"), "2").ok());
  EXPECT_TRUE(fs::is_symlink(Path("link")));
  EXPECT_EQ(Contents("a"), "2");
  EXPECT_EQ(fs::status(Path("a")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(Count(), 2U);
}

TEST_F(WrittenFiles, GoToDevicesAsTheyAre) {
  EXPECT_TRUE(WriteFile("/dev/null", "x").ok());
  const Status full = WriteFile("/dev/full", "x");
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().code, ErrorCode::kIo);
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(WrittenFiles, AreNotCreatedOverOthers) {
  fs::create_symlink(Path("victim"), Path("planted"));
  EXPECT_FALSE(CreateFile(Path("planted"), "x").ok());
  EXPECT_FALSE(fs::exists(Path("victim")));
  ASSERT_TRUE(CreateFile(Path("a"), "1").ok());
  EXPECT_FALSE(CreateFile(Path("a"), "2").ok());
  EXPECT_EQ(Contents("a"), "1");
}

TEST_F(WrittenFiles, NeverOverwriteInputs) {
  ASSERT_TRUE(WriteFile(Path("input"), "1").ok());
  fs::create_hard_link(Path("input"), Path("hard"));
  fs::create_symlink("input", Path("soft"));
  for (const char* name : {"input", "hard", "soft"}) {
    const Status refused = CheckOverwritesNone(Path(name), {Path("absent"), Path("input")});
    ASSERT_FALSE(refused.ok()) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  }
  EXPECT_FALSE(CheckOverwritesNone(Path("input"), {folder_.string()}).ok()) << "in a folder";
  EXPECT_TRUE(CheckOverwritesNone(Path("new"), {folder_.string(), Path("input")}).ok());
  ASSERT_TRUE(WriteFile(Path("other"), "1").ok());
  EXPECT_TRUE(CheckOverwritesNone(Path("other"), {Path("input")}).ok());
}

}  // namespace
}  // namespace imcc
