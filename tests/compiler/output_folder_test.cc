// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/output_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "compiler/hidden_folder.h"

namespace imcc {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class OutputFolders : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ("imcc_output_folder_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string model() const { return (folder_ / "net" / "model").string(); }
  std::string Path(const std::string& name) const { return (fs::path(model()) / name).string(); }

  /// A compilation that writes these files of one line.
  Status Compile(const std::vector<std::string>& names, const std::string& line = "x\n") const {
    IMCC_ASSIGN(OutputFolder folder, OutputFolder::Create(model()));
    for (const std::string& name : names) IMCC_TRY(folder.Write(name, line));
    return folder.Commit();
  }

  static std::vector<std::string> Names(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  /// What a compilation that was killed leaves.
  fs::path Leave(const std::string& file) const {
    fs::create_directories(fs::path(model()).parent_path());
    fs::path hidden = HiddenSibling(fs::path(model()).parent_path());
    fs::create_directory(hidden);
    EXPECT_TRUE(WriteFile((hidden / file).string(), "half").ok());
    return hidden;
  }

  fs::path folder_;
};

TEST_F(OutputFolders, ReplaceWhatImccWrote) {
  ASSERT_TRUE(Compile({"a", "b"}).ok());
  EXPECT_THAT(Names(model()), ElementsAre("a", "b", kFileList));
  ASSERT_TRUE(Compile({"c"}, "new\n").ok());
  EXPECT_THAT(Names(model()), ElementsAre("c", kFileList));
  EXPECT_THAT(Names(fs::path(model()).parent_path()), ElementsAre("model"));
  EXPECT_EQ(*ReadFile(Path("c"), Bytes(9)), "new\n");
}

TEST_F(OutputFolders, AnEmptyFolderMayBeReplaced) {
  fs::create_directories(model());
  EXPECT_TRUE(Compile({"a"}).ok());
  EXPECT_THAT(Names(model()), ElementsAre("a", kFileList));
}

TEST_F(OutputFolders, KeepWhatImccDidNotWrite) {
  ASSERT_TRUE(Compile({"a"}).ok());
  ASSERT_TRUE(WriteFile(Path("thesis.tex"), "mine").ok());
  const Status refused = Compile({"a"});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  EXPECT_THAT(refused.error().message, ::testing::EndsWith("not written by imcc are thesis.tex"));
  EXPECT_THAT(Names(model()), ElementsAre("a", kFileList, "thesis.tex"));
  EXPECT_THAT(Names(fs::path(model()).parent_path()), ElementsAre("model"));
}

TEST_F(OutputFolders, KeepWhatWasChangedSince) {
  ASSERT_TRUE(Compile({"a"}).ok());
  ASSERT_TRUE(WriteFile(Path("a"), "mine").ok());
  EXPECT_THAT(Compile({"a"}).error().message, HasSubstr("a (changed since)"));
  EXPECT_EQ(*ReadFile(Path("a"), Bytes(9)), "mine");
}

TEST_F(OutputFolders, KeepFoldersAndLinks) {
  ASSERT_TRUE(Compile({"a"}).ok());
  fs::create_directory(Path("folder"));
  EXPECT_FALSE(Compile({"a"}).ok());
  fs::remove(Path("folder"));
  fs::create_symlink("/etc/passwd", Path("link"));
  EXPECT_FALSE(Compile({"a"}).ok());
  fs::remove(Path("link"));
  fs::rename(model(), folder_ / "elsewhere");
  fs::create_directory_symlink(folder_ / "elsewhere", model());
  EXPECT_EQ(Compile({"a"}).error().code, ErrorCode::kIo);
  EXPECT_THAT(Names(folder_ / "elsewhere"), ElementsAre("a", kFileList));
}

TEST_F(OutputFolders, KeepAFolderWithoutAList) {
  fs::create_directories(model());
  ASSERT_TRUE(WriteFile(Path("model.json"), "{}").ok());
  EXPECT_FALSE(Compile({"model.json"}).ok());
}

TEST_F(OutputFolders, LeaveNothingWithoutCommit) {
  {
    Result<OutputFolder> folder = OutputFolder::Create(model());
    ASSERT_TRUE(folder.ok());
    ASSERT_TRUE(folder->Write("a", "x").ok());
  }
  EXPECT_THAT(Names(folder_), IsEmpty());
}

TEST_F(OutputFolders, RemoveWhatKilledOnesLeft) {
  const fs::path hidden = Leave(kFileList);
  const fs::path foreign = Leave("a");  // No list: maybe somebody else's.
  ASSERT_TRUE(Compile({"a"}).ok());
  EXPECT_FALSE(fs::exists(hidden));
  EXPECT_TRUE(fs::exists(foreign / "a"));
  EXPECT_THAT(Names(model()), ElementsAre("a", kFileList));
}

TEST_F(OutputFolders, LeaveLivingOnesAlone) {
  Result<OutputFolder> other = OutputFolder::Create(model());
  ASSERT_TRUE(other.ok());
  ASSERT_TRUE(Compile({"mine"}).ok());
  ASSERT_TRUE(other->Write("theirs", "y").ok());
  ASSERT_TRUE(other->Commit().ok());
  EXPECT_THAT(Names(model()), ElementsAre(kFileList, "theirs"));
}

TEST_F(OutputFolders, DoNotFollowPlantedNames) {
  // The names of former versions, which anybody could foresee.
  fs::create_directories(folder_ / "net");
  fs::create_directory(folder_ / "victim");
  for (const std::string purpose : {"part", "old"})
    fs::create_directory_symlink(
        folder_ / "victim",
        folder_ / "net" / (".model." + purpose + "-" + std::to_string(getpid())));
  ASSERT_TRUE(Compile({"a"}).ok());
  ASSERT_TRUE(Compile({"a"}).ok());
  EXPECT_THAT(Names(folder_ / "victim"), IsEmpty());
}

}  // namespace
}  // namespace imcc
