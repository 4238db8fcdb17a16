// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/output_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "base/files.h"
#include "base/md5.h"
#include "compiler/hidden_folder.h"

namespace imcc {
namespace {

namespace fs = std::filesystem;

constexpr Bytes kMaxList(1 << 20);
constexpr Bytes kMaxFile(int64_t{1} << 34);
constexpr size_t kMd5Digits = 32;

Error FolderError(const fs::path& path, const std::string& what, const std::error_code& failure) {
  return Error{.code = ErrorCode::kIo,
               .place = {.file = path.string()},
               .message = fmt::format("{}: {}", what, failure.message()),
               .hint = "choose another folder with -o, or correct its permissions"};
}

std::error_code LastFailure() { return {errno, std::generic_category()}; }

/// MD5 by name, of what imcc wrote into a folder; empty if it has no list.
std::map<std::string, std::string> ReadList(const fs::path& folder) {
  std::map<std::string, std::string> sums;
  const Result<std::string> text = ReadFile((folder / kFileList).string(), kMaxList);
  if (!text.ok()) return sums;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    if (line.size() > kMd5Digits + 2)
      sums.emplace(line.substr(kMd5Digits + 2), line.substr(0, kMd5Digits));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return sums;
}

/// Why a file of a folder is not imcc's to remove, if it is not.
std::optional<std::string> WhyForeign(const fs::path& file,
                                      const std::map<std::string, std::string>& sums) {
  const std::string name = file.filename().string();
  std::error_code failure;
  if (fs::symlink_status(file, failure).type() != fs::file_type::regular) return name;
  const auto sum = sums.find(name);
  if (name == kFileList && !sums.empty()) return std::nullopt;
  if (sum == sums.end()) return name;
  const Result<std::string> contents = ReadFile(file.string(), kMaxFile);
  if (contents.ok() && Md5Hex(*contents) == sum->second) return std::nullopt;
  return name + " (changed since)";
}

/// mkdir that says what went wrong.
Status MakeFolder(const fs::path& path) {
  if (mkdir(path.c_str(), 0777) == 0) return {};
  return FolderError(path, "the folder cannot be made", LastFailure());
}

}  // namespace

Status CheckReplaceable(const std::string& path) {
  std::error_code failure;
  const fs::file_status status = fs::symlink_status(path, failure);
  if (status.type() == fs::file_type::not_found) return {};
  if (failure) return FolderError(path, "cannot be looked at", failure);
  if (status.type() != fs::file_type::directory)
    return FolderError(path, "a folder is to be made here",
                       std::make_error_code(std::errc::not_a_directory));
  const auto sums = ReadList(path);
  std::vector<std::string> foreign;
  for (fs::directory_iterator it(path, failure), end; !failure && it != end; it.increment(failure))
    if (auto name = WhyForeign(it->path(), sums)) foreign.push_back(std::move(*name));
  if (failure) return FolderError(path, "cannot be listed", failure);
  if (foreign.empty()) return {};
  std::sort(foreign.begin(), foreign.end());
  constexpr size_t kNamed = 8;
  const size_t more = foreign.size() - std::min(foreign.size(), kNamed);
  foreign.resize(foreign.size() - more);
  return Error{.code = ErrorCode::kUsage,
               .place = {.file = path},
               .message = fmt::format("the folder is not replaced: not written by imcc are {}{}",
                                      fmt::join(foreign, ", "),
                                      more == 0 ? "" : fmt::format(" and {} more", more)),
               .hint = "choose another folder with -o, or move these files away"};
}

Result<OutputFolder> OutputFolder::Create(const std::string& path) {
  OutputFolder folder;
  std::error_code failure;
  folder.path_ = fs::absolute(path, failure).lexically_normal().string();
  if (failure) return FolderError(path, "is no usable path", failure);
  IMCC_TRY(CheckReplaceable(folder.path_));
  IMCC_TRY(folder.MakeParents());
  RemoveStaleFolders(fs::path(folder.path_).parent_path());
  IMCC_TRY(folder.MakeTemporary());
  return folder;
}

Status OutputFolder::MakeParents() {
  std::error_code failure;
  std::vector<fs::path> missing;
  for (fs::path p = fs::path(path_).parent_path(); !fs::exists(p, failure) && p.has_relative_path();
       p = p.parent_path())
    missing.push_back(p);
  for (auto it = missing.rbegin(); it != missing.rend(); ++it) {
    IMCC_TRY(MakeFolder(*it));
    made_parents_.push_back(it->string());
  }
  return {};
}

Status OutputFolder::MakeTemporary() {
  constexpr int kAttempts = 8;
  Status made;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    temporary_ = HiddenSibling(fs::path(path_).parent_path()).string();
    IMCC_TRY(MakeFolder(temporary_));
    errno = 0;
    lock_ = LockFolder(temporary_);
    // Until it is locked, another compilation may take it for a dead one's and remove it.
    const bool taken = lock_ < 0 && (errno == EWOULDBLOCK || errno == ENOENT);
    made = CreateFile((fs::path(temporary_) / kFileList).string(), "");
    if (made.ok() && !taken) return made;
    RemoveFlatFolder(temporary_);
    if (lock_ >= 0) close(std::exchange(lock_, -1));
  }
  temporary_.clear();
  return made;
}

OutputFolder::OutputFolder(OutputFolder&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      made_parents_(std::exchange(other.made_parents_, {})),
      list_(std::move(other.list_)),
      lock_(std::exchange(other.lock_, -1)) {}

OutputFolder::~OutputFolder() {
  if (!temporary_.empty()) RemoveFlatFolder(temporary_);
  if (lock_ >= 0) close(lock_);
  // Not recursive: a folder somebody else has used since stays.
  for (auto it = made_parents_.rbegin(); it != made_parents_.rend(); ++it) rmdir(it->c_str());
}

Status OutputFolder::Write(const std::string& name, std::string_view contents) {
  list_ += fmt::format("{}  {}\n", Md5Hex(contents), name);
  return CreateFile((fs::path(temporary_) / name).string(), contents);
}

Status OutputFolder::Commit() {
  IMCC_TRY(WriteFile((fs::path(temporary_) / kFileList).string(), list_));
  IMCC_TRY(CheckReplaceable(path_));
  // Swapping leaves no moment without a folder, and the old one under the hidden name.
  bool swapped =
      renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), RENAME_EXCHANGE) == 0;
  if (!swapped && errno != ENOENT) {  // Some file systems cannot swap.
    const std::string old = HiddenSibling(fs::path(path_).parent_path()).string();
    if (rename(path_.c_str(), old.c_str()) != 0)
      return FolderError(path_, "the old folder cannot be replaced", LastFailure());
    if (rename(temporary_.c_str(), path_.c_str()) != 0) {
      const std::error_code failure = LastFailure();
      static_cast<void>(rename(old.c_str(), path_.c_str()));
      return FolderError(path_, "the folder cannot be put in place", failure);
    }
    temporary_ = old;
    swapped = true;
  }
  if (!swapped && rename(temporary_.c_str(), path_.c_str()) != 0)
    return FolderError(path_, "the folder cannot be put in place", LastFailure());
  if (swapped) RemoveFlatFolder(temporary_);
  temporary_.clear();
  made_parents_.clear();
  return {};
}

}  // namespace imcc
